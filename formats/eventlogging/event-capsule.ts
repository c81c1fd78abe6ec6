import { createHash } from "node:crypto";
import { parse } from "lossless-json";
import { z } from "zod";

/** The UUID namespace for URLs, RFC 4122 appendix C. */
const NAMESPACE_URL = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** 32 hex digits. */
const UUID = /^[0-9a-f]{32}$/;

/**
 * An EventLogging event as it travels in Kafka and lies in all-events.log. The source of the format is the EventCapsule schema in
 * eventlogging/capsule.py (2018). Unknown properties are kept, so that a replayed event is the one that was lost.
 */
export const eventCapsule = z.looseObject({
  /** An empty event can arrive as `[]`. */
  event: z.union([z.record(z.string(), z.unknown()), z.array(z.never())]),
  schema: z.string().regex(/^[\w./-]{1,63}$/),
  revision: z.int(),
  wiki: z.string(),
  /** 32 hex digits, a UUIDv5; see {@link capsuleUuid}. */
  uuid: z.string().regex(UUID),
  /** Optional in the schema: rows that come back from MySQL have none. */
  recvFrom: z.string().optional(),
  seqId: z.int().optional(),
  /** ISO-8601 UTC, to the second. */
  dt: z.string().optional(),
  /** Epoch seconds (legacy). */
  timestamp: z.number().optional(),
  ip: z.string().optional(),
  webHost: z.string().optional(),
  topic: z.string().optional(),
  userAgent: z.unknown().optional(),
});

export type EventCapsule = z.infer<typeof eventCapsule>;

/** The uuid that EventLogging gives an event: the UUIDv5 of `event://<recvFrom>/?seqId=<seqId>&dt=<dt>` as 32 hex digits. */
export function capsuleUuid(
  recvFrom: string,
  seqId: number,
  dt: string,
): string {
  const bytes = createHash("sha1")
    .update(NAMESPACE_URL)
    .update(`event://${recvFrom}/?seqId=${seqId}&dt=${dt}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex");
}

/** Whoever takes an event apart does it value within value; Jackson, with which Refine reads, refuses what is nested deeper (since 2.15). */
const MAX_DEPTH = 1000;

/** Whether JSON's values lie too deep in one another. What a text in it holds does not count. */
export function isNestedTooDeeply(line: string): boolean {
  // Each value within another takes two brackets.
  if (line.length <= 2 * MAX_DEPTH) return false;
  let depth = 0;
  let inText = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i];
    if (letter === '"') inText = !inText;
    else if (inText) {
      if (letter === "\\") i++;
    } else if (letter === "[" || letter === "{") {
      if (++depth > MAX_DEPTH) return true;
    } else if (letter === "]" || letter === "}") depth--;
  }
  return false;
}

/** The event of a line of all-events.log, or why it is none: lines are cut off at rotations and crashes. */
export function parseCapsuleLine(
  line: string,
): { event: EventCapsule } | { error: string } {
  if (isNestedTooDeeply(line))
    return { error: `values within values, more than ${MAX_DEPTH} deep` };
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { error: "not JSON (truncated or corrupt)" };
  }
  const parsed = eventCapsule.safeParse(json);
  return parsed.success
    ? { event: parsed.data }
    : { error: z.prettifyError(parsed.error) };
}

/** The uuid of an event by its JSON text; undefined where the text is no JSON object with such a uuid. A search of the text would find a field of that name in the event. */
export function uuidOfLine(line: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (json === null || typeof json !== "object") return undefined;
  const { uuid } = json as { uuid?: unknown };
  return typeof uuid === "string" && UUID.test(uuid) ? uuid : undefined;
}

/** The value of a JSON text, with its numbers as they are written. @throws SyntaxError where the text is no JSON */
export const parseJsonLosslessly = (text: string): unknown =>
  parse(text, undefined, {
    // Of a key that is there twice the last one counts, as everywhere else.
    onDuplicateKey: ({ newValue }) => newValue,
  });

/** An event with its numbers as they are written, for a comparison. @param line one that {@link parseCapsuleLine} takes for an event */
export const parseLosslessly = (line: string): Record<string, unknown> =>
  parseJsonLosslessly(line) as Record<string, unknown>;
