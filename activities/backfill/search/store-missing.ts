import type { MissingEvent } from "../../../formats/candidate";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import type {
  MissingPart,
  MissingTopic,
} from "../../../domain/backfill/missing";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import { sha256 } from "../../../lib/digest";
import { CAPSULES } from "../../../formats/eventlogging/capsules";
import type { EventReader } from "../../../formats/events/event-reader";
import { type Hour, hourOf } from "../../../lib/hour";
import { parseJson } from "../../../lib/json";
import { LineFiles } from "./line-files";

/** The bytes of one file of missing events. A replay has two such files of each of some topics in memory. */
const FILE_BYTES = 2 << 20;

/** What the search needs to know of a topic to say what is missing of it. */
export type LossyTopic = Pick<PlannedTopic, "topic" | "schema" | "lostOffsets">;

/** The digest of a topic's missing events: that of its files' digests and counts, so that no file has to be read for it. */
export const partsDigest = (parts: MissingPart[]): string =>
  sha256(
    JSON.stringify(parts.map(({ digest, events }) => ({ digest, events }))),
  );

const nothingMissing = ({ topic, lostOffsets }: LossyTopic): MissingTopic => ({
  topic,
  ref: "",
  digest: "",
  events: 0,
  fromArchive: 0,
  fromMysql: 0,
  messages: 0,
  unrecoverable: lostOffsets,
});

const NONE = { events: 0, messages: 0 };

/** Whether a topic-hour is repaired. */
type Repairs = (topic: string, hour: Hour) => boolean;

/** Counts and stores one topic's missing events. Those of hours that are not repaired are counted only. */
class TopicWriter {
  private readonly counted: MissingTopic;
  private readonly files: LineFiles;

  constructor(
    private readonly storage: Storage,
    private readonly sagaId: string,
    private readonly topic: LossyTopic,
    private readonly repairs: Repairs | undefined,
    private readonly reader: EventReader,
  ) {
    this.counted = nothingMissing(topic);
    this.files = new LineFiles(
      storage,
      (part, digest) =>
        sagaPlaces(sagaId).missingEvents(topic.topic, part, digest),
      FILE_BYTES,
    );
  }

  async add(event: MissingEvent): Promise<void> {
    const { counted, topic } = this;
    const isLeftOut =
      this.repairs && !isRepaired(event, this.repairs, this.reader);
    if (isLeftOut) {
      const { events, messages } = counted.leftOut ?? NONE;
      counted.leftOut = {
        events: events + 1,
        messages: messages + event.copies,
      };
    } else {
      counted.events++;
      counted.messages += event.copies;
      if (event.rank === 0) counted.fromArchive++;
      else counted.fromMysql++;
    }
    // What is left out was found: it can be recovered, by a saga that does not leave it out.
    const found = counted.messages + (counted.leftOut?.messages ?? 0);
    counted.unrecoverable = Math.max(0, topic.lostOffsets - found);
    if (!isLeftOut) await this.files.add(event.json);
  }

  /** Writes what is left, and the list of the topic's files. */
  async finish(): Promise<MissingTopic> {
    await this.files.flush();
    const parts: MissingPart[] = this.files.parts.map(
      ({ ref, digest, lines }) => ({ ref, digest, events: lines }),
    );
    const digest = partsDigest(parts);
    const ref = await this.storage.write(
      sagaPlaces(this.sagaId).missingParts(this.topic.topic, digest),
      parts,
    );
    return { ...this.counted, digest, ref };
  }
}

/** Whether an event is of an hour that is repaired. One that does not say when it was is of none. */
function isRepaired(
  { topic, json }: MissingEvent,
  repairs: Repairs,
  reader: EventReader,
): boolean {
  const ms = reader.identified(parseJson(json, topic))?.ms;
  return ms !== undefined && repairs(topic, hourOf(ms));
}

/**
 * Stores missing events: some files of events for each topic, and a list of these files.
 * @param events sorted by topic, so that one topic after the other is written
 * @param repairs which topic-hours are repaired; default: all
 * @param reader tells the hours of events; default: as capsules do
 * @returns an answer for each topic, in the order of the topics, also for those of which nothing is missing
 */
export async function storeMissing(
  storage: Storage,
  sagaId: string,
  topics: LossyTopic[],
  events: AsyncIterable<MissingEvent>,
  repairs?: Repairs,
  reader: EventReader = CAPSULES,
): Promise<MissingTopic[]> {
  const byName = new Map(topics.map((t) => [t.topic, t]));
  const stored = new Map<string, MissingTopic>();
  let current: { name: string; writer: TopicWriter } | undefined;
  const finishCurrent = async () => {
    if (current) stored.set(current.name, await current.writer.finish());
  };
  for await (const event of events) {
    if (current?.name !== event.topic) {
      await finishCurrent();
      const topic = byName.get(event.topic)!;
      current = {
        name: event.topic,
        writer: new TopicWriter(storage, sagaId, topic, repairs, reader),
      };
    }
    await current.writer.add(event);
  }
  await finishCurrent();
  return topics.map((t) => stored.get(t.topic) ?? nothingMissing(t));
}
