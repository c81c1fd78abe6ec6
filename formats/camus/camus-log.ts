/** What a Camus driver's log says of a partition whose stored offset Kafka does not have. Offsets are decimal strings. */
export type OutOfRange = {
  topic: string;
  partition: number;
  earliestOffset: string;
  /** The stored offset. */
  offset: string;
  latestOffset: string;
  /** Epoch ms of the log line. */
  time: number;
  /**
   * What Camus did. `skipped`: the topic is not imported. `new`: no offset was stored yet. `moved`: it was configured to go to the
   * earliest offset, and did.
   */
  decision: "skipped" | "new" | "moved";
};

const RANGE =
  /^(\d{2})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2}) ERROR \S+: The (?:earliest|current) offset was found to be more than the (?:current|latest) offset: ([^\t]+)\t.*\tpartition:(\d+)\tearliest_offset:(\d+)\toffset:(\d+)\tlatest_offset:(\d+)/;
const DECISION = /move_to_earliest: (true|false) offset_unset: (true|false)/;

/** Whether {@link parseOutOfRange} may need a line: a cheap test, as a driver's log is long. */
export const isOutOfRangeLine = (line: string): boolean =>
  /offset was found to be more|move_to_earliest:/.test(line);

/**
 * Finds out-of-range partitions in a Camus log (EtlInputFormat of camus-wmf7). Camus logs the same line for a topic that is new, for
 * one that it moves to the earliest offset and for one that it skips; the line that follows tells which it is.
 */
export function parseOutOfRange(lines: Iterable<string>): OutOfRange[] {
  const found: OutOfRange[] = [];
  let undecided: Omit<OutOfRange, "decision"> | undefined;
  for (const line of lines) {
    const range = RANGE.exec(line);
    if (range) {
      const time = Date.parse(
        `20${range[1]}-${range[2]}-${range[3]}T${range[4]}Z`,
      );
      const partition = Number(range[6]);
      // Of a line that is damaged nothing is believed, nor what the next line says of it.
      undecided = undefined;
      if (Number.isNaN(time) || !Number.isSafeInteger(partition)) continue;
      undecided = {
        time,
        topic: range[5]!,
        partition,
        earliestOffset: range[7]!,
        offset: range[8]!,
        latestOffset: range[9]!,
      };
      continue;
    }
    const decision = DECISION.exec(line);
    if (decision && undecided) {
      const [, moves, isNew] = decision;
      found.push({
        ...undecided,
        decision:
          isNew === "true" ? "new" : moves === "true" ? "moved" : "skipped",
      });
      undecided = undefined;
    }
  }
  return found;
}
