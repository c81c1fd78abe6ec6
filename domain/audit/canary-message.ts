import { canaryEvent } from "../../formats/eventlogging/canary-event";
import { capsuleTime } from "../../formats/eventlogging/event-time";
import {
  canaryId,
  canaryOfStream,
} from "../../formats/events/canary-of-stream";
import { hourStart, type Hour } from "../../lib/hour";
import type { Config } from "../settings/config";
import { datasetOf } from "../settings/dataset";
import { wholeMatch } from "../settings/regex-text";

type CanaryConfig = Pick<Config, "canary" | "events" | "naming">;

const HALF_HOUR_MS = 1_800_000;

/** What a canary of an event platform's topic is made of; undefined where `canary.examples` has nothing for the topic. */
const exampleFor = (topic: string, { canary }: CanaryConfig) =>
  canary.examples.find(({ topics }) => wholeMatch(topics).test(topic))?.event;

/** Those of some topics of which no canary can be made: an event platform refuses events without a schema, and so do readers. */
export const withoutExample = (
  topics: string[],
  config: CanaryConfig,
): string[] =>
  config.events === undefined
    ? []
    : topics.filter((topic) => exampleFor(topic, config) === undefined);

/** The canary of a topic and hour, and its own time, epoch ms. @param topic one that has a dataset, and an example where it needs one */
export function canaryMessage(
  topic: string,
  hour: Hour,
  config: CanaryConfig,
): { event: Record<string, unknown>; ms: number } {
  const { schema } = datasetOf(topic, config.naming)!;
  const { events } = config;
  if (events === undefined) {
    const event = canaryEvent(schema, hour);
    return { event, ms: capsuleTime(event)! };
  }
  const event = canaryOfStream(
    exampleFor(topic, config)!,
    {
      identity: [events.identity].flat(),
      time: [events.time].flat(),
      stream: [events.stream].flat(),
    },
    { topic, schema, hour },
  );
  return { event, ms: hourStart(hour) + HALF_HOUR_MS };
}

/** What names the canary of a topic and hour, in its row as well. */
export function canaryIdOf(
  topic: string,
  hour: Hour,
  config: Pick<Config, "events" | "naming">,
): string {
  if (config.events !== undefined) return canaryId(topic, hour);
  return canaryEvent(datasetOf(topic, config.naming)!.schema, hour).uuid;
}
