import { CAPSULES } from "../../formats/eventlogging/capsules";
import type { EventReader } from "../../formats/events/event-reader";
import { pointedEvents } from "../../formats/events/pointed-events";
import type { Config } from "./config";

/** How events are read: by the pointers that are configured, and as EventLogging's capsules where none are. */
export function eventReaderOf({ events }: Pick<Config, "events">): EventReader {
  if (events === undefined) return CAPSULES;
  const { identity, time, stream, ip } = events;
  return pointedEvents({
    identity: [identity].flat(),
    time: [time].flat(),
    stream: [stream].flat(),
    ip: [ip].flat(),
  });
}
