import type { EventCapsule } from "./eventlogging/event-capsule";

/**
 * Events that may have been lost, a line each, as collected from the sources and read by whoever joins them (here or on Spark):
 * topic, uuid, rank of the source, time (epoch ms, 15 digits), the event; tabs between. JSON holds neither tabs nor line breaks, and is
 * written in ASCII, so that every program sorts the lines alike.
 */
export type Candidate = {
  topic: string;
  uuid: string;
  /** The better source has the lower rank: the archive has the ip, MySQL has not. */
  rank: 0 | 1;
  ms: number;
  json: string;
};

/** A candidate that is missing, and how many messages the archive knows of it (at least one). */
export type MissingEvent = Candidate & { copies: number };

const MS_DIGITS = 15;
const digits = (ms: number) => String(Math.max(0, ms)).padStart(MS_DIGITS, "0");

export const heldLine = (topic: string, uuid: string) => `${topic}\t${uuid}`;

export const asciiJson = (event: EventCapsule) =>
  JSON.stringify(event).replaceAll(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

export const candidateLine = (c: Candidate) =>
  [c.topic, c.uuid, c.rank, digits(c.ms), c.json].join("\t");

/** Missing events sort by topic and time. */
export const missingLine = (m: MissingEvent) =>
  [m.topic, digits(m.ms), m.uuid, m.rank, m.copies, m.json].join("\t");

const rankOf = (text: string | undefined) => (text === "0" ? 0 : 1);

/** @throws Error on a line that was not written as above */
export function parseCandidate(line: string): Candidate {
  const [topic, uuid, rank, ms, json] = line.split("\t");
  if (json === undefined)
    throw new Error(`not a candidate: ${line.slice(0, 80)}`);
  return {
    topic: topic!,
    uuid: uuid!,
    rank: rankOf(rank),
    ms: Number(ms),
    json,
  };
}

/** @throws Error on a line that was not written as above */
export function parseMissing(line: string): MissingEvent {
  const [topic, ms, uuid, rank, copies, json] = line.split("\t");
  if (json === undefined)
    throw new Error(`not a missing event: ${line.slice(0, 80)}`);
  return {
    topic: topic!,
    uuid: uuid!,
    rank: rankOf(rank),
    ms: Number(ms),
    json,
    copies: Number(copies),
  };
}
