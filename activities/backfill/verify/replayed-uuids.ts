import type { Storage } from "../../../clients/storage";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { EventReader } from "../../../formats/events/event-reader";
import { grouped } from "../../../lib/grouped";
import { hourOf } from "../../../lib/hour";
import { topicHourKey } from "../../../lib/keys";
import { endIfUnwanted } from "../../beat";
import { readMissing } from "../search/read-missing";
import type { TopicHour } from "./topic-hours";

/**
 * The uuids of a topic's replayed events by the number of their hour, some at a time. An event that is of none of the hours has no row in one.
 * @param ofTopic hours of the topic
 */
export async function* replayedUuids(
  storage: Pick<Storage, "readRefText">,
  missing: MissingTopic,
  ofTopic: TopicHour[],
  reader: EventReader,
): AsyncGenerator<Map<number, string[]>> {
  const numbers = new Map(ofTopic.map(({ name, no }) => [name, no]));
  const numberOf = (ms: number | undefined) =>
    ms === undefined
      ? undefined
      : numbers.get(topicHourKey(missing.topic, hourOf(ms)));
  for await (const events of readMissing(storage, missing, reader)) {
    endIfUnwanted();
    const found: { no: number; uuid: string }[] = [];
    for (const { event } of events) {
      const no = numberOf(event.ms);
      if (no !== undefined) found.push({ no, uuid: event.uuid });
    }
    const byHour = grouped(found, ({ no }) => no);
    yield new Map(
      [...byHour].map(([no, some]) => [no, some.map(({ uuid }) => uuid)]),
    );
  }
}
