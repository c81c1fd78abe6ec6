import { FormatError } from "./format-error";

/**
 * The lines that the search for missing events writes and reads, here or on Spark (jvm/spark-jobs). Fields are separated by tabs, and the
 * event comes last: its text may hold tabs between its tokens, and no line break.
 */

/**
 * An event of a source that may be missing. Its line: topic, uuid, rank, time (15 digits), event. Lines of one event therefore sort the
 * best source first, and of one source the earliest time first.
 */
export type Candidate = {
  topic: string;
  /** What names the event: a capsule's uuid, or another event's identity as it stands there. No tab is in it. */
  uuid: string;
  /** The better source has the lower rank: the archive (0) has the ip, MySQL (1) has not. */
  rank: 0 | 1;
  /** The event's own time, epoch ms; 0 where it has none. */
  ms: number;
  /** The event's JSON: of an archive, the line as it lies there, byte by byte. */
  json: string;
};

/**
 * A candidate that is missing. Its line: topic, time (15 digits), uuid, rank, copies, event. Lines sort by topic and time.
 */
export type MissingEvent = Candidate & {
  /** How many messages the archive knows of it; 1 where it knows of none. */
  copies: number;
};

const MS_DIGITS = 15;
const digits = (ms: number) => String(Math.max(0, ms)).padStart(MS_DIGITS, "0");

/**
 * An event of a source as a candidate.
 * @param json its text as the source has it: to write it anew would change numbers that JavaScript cannot hold
 */
export const candidateOf = (
  topic: string,
  rank: Candidate["rank"],
  { uuid, ms = 0 }: { uuid: string; ms?: number | undefined },
  json: string,
): Candidate => ({ topic, rank, uuid, ms, json });

/** What names an event in the search: its topic and uuid. It is the line of one that Kafka or a raw hour holds. */
export const heldLine = (topic: string, uuid: string) => `${topic}\t${uuid}`;

/** A candidate as a line; {@link parseCandidate} reads it. */
export const candidateLine = (c: Candidate) =>
  [c.topic, c.uuid, c.rank, digits(c.ms), c.json].join("\t");

/** A missing event as a line; {@link parseMissing} reads it. */
export const missingLine = (m: MissingEvent) =>
  [m.topic, digits(m.ms), m.uuid, m.rank, m.copies, m.json].join("\t");

/** A line's first fields, and all that follows them. */
function fieldsOf(line: string, count: number): [string[], string | undefined] {
  const fields: string[] = [];
  let from = 0;
  for (let i = 0; i < count; i++) {
    const end = line.indexOf("\t", from);
    if (end < 0) return [fields, undefined];
    fields.push(line.slice(from, end));
    from = end + 1;
  }
  return [fields, line.slice(from)];
}

const rankOf = (text: string | undefined): Candidate["rank"] => {
  if (text !== "0" && text !== "1") throw new FormatError("no rank of 0 or 1");
  return text === "0" ? 0 : 1;
};

function countOf(text: string | undefined): number {
  const count = Number(text);
  if (!/^\d+$/.test(text ?? "") || !Number.isSafeInteger(count))
    throw new FormatError("no whole number in its place");
  return count;
}

/** The fields of a line, and the event that follows them. The line itself enters no error: it is an event. */
function partsOf(what: string, line: string, count: number) {
  const [fields, json] = fieldsOf(line, count);
  if (json === undefined)
    throw new FormatError(
      `not a ${what}: ${fields.length} fields of ${count} in ${line.length} characters`,
    );
  return { fields, json };
}

/** @throws FormatError on a line that {@link candidateLine} has not written */
export function parseCandidate(line: string): Candidate {
  const { fields, json } = partsOf("candidate", line, 4);
  const [topic, uuid, rank, ms] = fields;
  return {
    topic: topic!,
    uuid: uuid!,
    rank: rankOf(rank),
    ms: countOf(ms),
    json,
  };
}

/** @throws FormatError on a line that {@link missingLine} has not written */
export function parseMissing(line: string): MissingEvent {
  const { fields, json } = partsOf("missing event", line, 5);
  const [topic, ms, uuid, rank, copies] = fields;
  return {
    topic: topic!,
    uuid: uuid!,
    rank: rankOf(rank),
    ms: countOf(ms),
    json,
    copies: countOf(copies),
  };
}
