import { type Hour } from "../../lib/hour";
import { capsuleUuid, type EventCapsule } from "./event-capsule";

/** The `recvFrom` of every canary, and so its `recvfrom` in Hive: it tells canaries from people's events in every stage. */
export const CANARY_SENDER = "canary.sisyphus";
/** The Kafka header of a canary's message. */
export const CANARY_HEADER = "canary-id";

/**
 * The canary of a schema and hour, in the middle of that hour. It is always the same event with the same uuid, so that a canary that is
 * sent twice is one row after deduplication.
 */
export function canaryEvent(schema: string, hour: Hour): EventCapsule {
  const dt = `${hour}:30:00Z`;
  return {
    dt,
    event: { action: "canary" },
    recvFrom: CANARY_SENDER,
    revision: 0,
    schema,
    seqId: 0,
    uuid: capsuleUuid(`${CANARY_SENDER}/${schema}`, 0, dt),
    webHost: CANARY_SENDER,
    wiki: "canary",
  };
}
