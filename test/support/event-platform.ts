import { eventReaderOf } from "../../domain/settings/event-reader";
import { namingRules } from "../../domain/settings/dataset";
import { events } from "../../domain/settings/sections/events";

/** The section `events` of an event platform's pipeline. */
export const EVENTS = events.parse({
  identity: "/meta/id",
  time: "/meta/dt",
  stream: "/meta/stream",
})!;

export const PLATFORM = eventReaderOf({ events: EVENTS });

/** A topic is a stream in one of two data centres; a table has the rows of both. */
export const NAMING = namingRules.parse({
  topicPattern: String.raw`(?:eqiad|codfw)\.(.+)`,
});
