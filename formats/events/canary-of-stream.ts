import { createHash } from "node:crypto";
import type { Hour } from "../../lib/hour";
import type { EventPointers } from "./pointed-events";
import { namesOf, withValueAt } from "./json-pointer";

/** By this readers of an event platform tell canaries from people's events: Refine and others leave them out. */
const MARK = { names: ["meta", "domain"], value: "canary" };

/** What names a topic's canary of an hour: a UUID with dashes, always the same, so that a canary that is sent twice is one event. */
export function canaryId(topic: string, hour: Hour): string {
  const bytes = createHash("sha256")
    .update(`canary.sisyphus/${topic}/${hour}`)
    .digest()
    .subarray(0, 16);
  // Version 8 and variant of RFC 9562: a UUID whose bits are its maker's own.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * The canary of a topic and hour, in the middle of that hour.
 * @param example an event that the stream's schema allows: it also names the schema
 */
export function canaryOfStream(
  example: Record<string, unknown>,
  pointers: Pick<EventPointers, "identity" | "time" | "stream">,
  { topic, schema, hour }: { topic: string; schema: string; hour: Hour },
): Record<string, unknown> {
  const set: [string[], string][] = [
    [MARK.names, MARK.value],
    [namesOf(pointers.stream[0]!), schema],
    [namesOf(pointers.time[0]!), `${hour}:30:00Z`],
    [namesOf(pointers.identity[0]!), canaryId(topic, hour)],
  ];
  return set.reduce(
    (event, [names, value]) => withValueAt(event, names, value),
    example,
  );
}
