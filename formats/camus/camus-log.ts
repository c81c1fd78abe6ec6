/** An out-of-range partition in a Camus driver's log, as Camus decided on it. */
export type OutOfRange = {
  topic: string;
  partition: number;
  earliestOffset: string;
  offset: string;
  latestOffset: string;
  /** Epoch ms of the log line. */
  time: number;
  /** `skipped`: the topic is not imported. `new`: nothing was stored yet. `moved`: told to go to the earliest offset. */
  decision: "skipped" | "new" | "moved";
};

const RANGE =
  /^(\d{2})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2}) ERROR \S+: The (?:earliest|current) offset was found to be more than the (?:current|latest) offset: ([^\t]+)\t.*\tpartition:(\d+)\tearliest_offset:(\d+)\toffset:(\d+)\tlatest_offset:(\d+)/;
const DECISION = /move_to_earliest: (true|false) offset_unset: (true|false)/;

/**
 * Finds out-of-range partitions in a Camus log (EtlInputFormat of camus-wmf7). A new topic and a topic that was reset log
 * the same first line as one that is skipped: the line that follows tells them apart.
 */
export function parseOutOfRange(lines: Iterable<string>): OutOfRange[] {
  const found: OutOfRange[] = [];
  let open: Omit<OutOfRange, "decision"> | undefined;
  for (const line of lines) {
    const m = RANGE.exec(line);
    if (m) {
      open = {
        time: Date.parse(`20${m[1]}-${m[2]}-${m[3]}T${m[4]}Z`),
        topic: m[5]!,
        partition: Number(m[6]),
        earliestOffset: m[7]!,
        offset: m[8]!,
        latestOffset: m[9]!,
      };
      continue;
    }
    const d = DECISION.exec(line);
    if (d && open) {
      found.push({
        ...open,
        decision:
          d[2] === "true" ? "new" : d[1] === "true" ? "moved" : "skipped",
      });
      open = undefined;
    }
  }
  return found;
}
