import { type Hour } from "../../lib/hour";
import { capsuleUuid, type EventCapsule } from "./event-capsule";

/** Who sends canaries: `recvfrom = 'canary.sisyphus'` tells them from people's events, in every stage. */
export const CANARY_SENDER = "canary.sisyphus";
export const CANARY_HEADER = "canary-id";

/** The canary of a schema and hour: always the same event, so that one that is sent twice is one after deduplication. */
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
