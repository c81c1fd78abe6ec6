import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Kafka } from "../../../clients/kafka/kafka";
import type { Range } from "../../../clients/kafka/ranged-read";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import type {
  Collected,
  CollectedUnit,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import { isReplayOfAnother } from "../../../domain/backfill/replay-headers";
import type { Config } from "../../../domain/settings/config";
import { datasetOf } from "../../../domain/settings/dataset";
import { heldLine } from "../../../formats/candidate";
import { heldAs } from "../../../domain/backfill/topics-by-schema";
import { eventReaderOf } from "../../../domain/settings/event-reader";
import type { EventReader } from "../../../formats/events/event-reader";
import type { Importer } from "../../../importers/importer";
import { rawLines } from "../../../importers/raw-lines";
import { partitionKey } from "../../../lib/keys";
import { shortDigest } from "../../../lib/digest";
import { type HourRange, inRange } from "../../../lib/hour";
import { refreshHours } from "../../audit/evidence/refresh-hours";
import { beat } from "../../beat";
import { emptyMemory } from "../../audit/evidence/evidence-cache";
import { sagaId } from "../saga-id";
import { LineFiles } from "./line-files";
import type { AddLine, SearchUnits } from "./search-units";

/** Bytes of lines that a file takes of what has come since. */
const SINCE_BYTES = 8 << 20;

/** Topics whose Kafka partitions are read by one consumer. */
const TOPICS_A_CONSUMER = 20;

export type HeldDeps = {
  config: Config;
  kafka: Kafka;
  hdfs: Hdfs;
  source: Importer;
};

/** Up to where topics were read in Kafka: see {@link CollectedUnit}. */
type ReadTo = Required<Pick<CollectedUnit, "ends" | "topicIds">>;

export type HeldKafka = Pick<Kafka, "offsets" | "read" | "topicIds" | "topics">;

type NotingConfig = Pick<Config, "events" | "naming">;

/** How what topics hold is noted. */
type Noting = {
  /** Topics to read, each with the searched one under which what it holds is noted. */
  as: ReadonlyMap<string, string>;
  idOf: EventReader["idOf"];
  add: AddLine;
};

/** Which topics are to be read for the searched ones, and how. */
async function notingOf(
  {
    kafka,
    config,
  }: {
    kafka: HeldKafka;
    config: NotingConfig;
  },
  searched: { topic: string; schema: string }[],
): Promise<Omit<Noting, "add">> {
  const { idOf, pointers } = eventReaderOf(config);
  return {
    as: pointers
      ? heldAs(searched, await kafka.topics(), config.naming)
      : heldAs(searched),
    idOf,
  };
}

/**
 * Adds the identity of every message that topics have in Kafka now. A message without one is no candidate either.
 * @param since up to where they were read before
 * @returns how many of the messages other sagas have replayed, and up to where was read
 */
async function addKafka(
  kafka: HeldKafka,
  topics: string[],
  { as, idOf, add }: Noting,
  since: ReadTo = { ends: {}, topicIds: {} },
): Promise<Pick<CollectedUnit, "replayed"> & ReadTo> {
  const own = sagaId();
  const replayed: Record<string, number> = {};
  const ends: Record<string, string> = {};
  const ranges = new Map<string, Range[]>();
  // Before the offsets: where the topic is made anew between the two, it is read once more from its beginning.
  const topicIds = Object.fromEntries(await kafka.topicIds(topics));
  for (const topic of topics) {
    beat(`offsets of ${topic}`);
    const isTheSame = topicIds[topic] === since.topicIds[topic];
    const ofTopic = (await kafka.offsets(topic)).map(
      ({ partition, low, high }) => {
        const key = partitionKey(topic, partition);
        ends[key] = high;
        return {
          partition,
          from: firstUnread(low, high, isTheSame ? since.ends[key] : undefined),
          to: high,
        };
      },
    );
    if (ofTopic.some(({ from, to }) => from !== to)) ranges.set(topic, ofTopic);
  }
  await kafka.read(
    ranges,
    async (m) => {
      const uuid = m.value && idOf(m.value.toString("utf8"));
      if (isReplayOfAnother(m.headers, own))
        replayed[m.topic] = (replayed[m.topic] ?? 0) + 1;
      if (uuid) await add(heldLine(as.get(m.topic)!, uuid));
    },
    () => beat("reading Kafka"),
  );
  return {
    ends,
    topicIds,
    ...(Object.keys(replayed).length > 0 ? { replayed } : {}),
  };
}

/** Where a log that was read up to an offset goes on; one that ends before that is not the same, and is read from its beginning. */
function firstUnread(
  low: string,
  high: string,
  readTo: string | undefined,
): string {
  if (readTo === undefined || BigInt(readTo) > BigInt(high)) return low;
  return BigInt(readTo) > BigInt(low) ? readTo : low;
}

/** Adds the identity of every event in a topic's raw hours of the range. */
async function addRawHours(
  deps: HeldDeps,
  topic: string,
  range: HourRange,
  { as, idOf, add }: Noting,
): Promise<void> {
  const { config, hdfs } = deps;
  const dataset = datasetOf(topic, config.naming)!;
  const memory = emptyMemory();
  await refreshHours(deps, dataset, range, memory);
  // Every raw hour of the range counts, not only the broken ones: an event that was imported must not be replayed.
  for (const hour of Object.keys(memory.raw)) {
    if (!inRange(hour, range)) continue;
    beat(`reading ${topic}`);
    for await (const line of rawLines(
      hdfs,
      deps.source.hourDir(dataset, hour),
    )) {
      const uuid = idOf(line);
      if (uuid) await add(heldLine(as.get(topic)!, uuid));
    }
  }
}

/**
 * The uuids of the events that the topics have in Kafka or in raw hours: a unit some topics in Kafka, and a unit a topic's raw hours.
 * @returns the reference of what was collected
 */
export async function collectHeldUuids(
  deps: HeldDeps,
  units: SearchUnits,
  input: { topics: SearchedTopic[]; range: HourRange },
): Promise<string> {
  const noting = await notingOf(deps, input.topics);
  const topics = [...noting.as.keys()];
  const collected: CollectedUnit[] = [];
  for (let i = 0; i < topics.length; i += TOPICS_A_CONSUMER) {
    const some = topics.slice(i, i + TOPICS_A_CONSUMER);
    const name = `held/kafka-${shortDigest(some.join(" "))}`;
    collected.push(
      await units.doneOnce(name, (add) =>
        addKafka(deps.kafka, some, { ...noting, add }),
      ),
    );
  }
  for (const topic of topics)
    collected.push(
      await units.doneOnce(`held/raw-${topic}`, (add) =>
        addRawHours(deps, topic, input.range, { ...noting, add }),
      ),
    );
  const [ref] = await units.storeSource("held", collected);
  return ref!;
}

/**
 * What has come into Kafka since it was read for the search: archives and MySQL are read after that, and what is there by now must not be
 * produced again.
 * @returns lines like those of `held`, and how many
 */
export async function collectHeldSince(
  {
    kafka,
    storage,
    config,
  }: { kafka: HeldKafka; storage: Storage; config: NotingConfig },
  topics: { topic: string; schema: string }[],
  since: ReadTo,
): Promise<Pick<Collected, "refs" | "lines">> {
  const files = new LineFiles(
    storage,
    (part, digest) =>
      sagaPlaces(sagaId()).searchLines("held/since", undefined, part, digest),
    SINCE_BYTES,
  );
  // Leases keep other sagas away meanwhile: what they have replayed was counted before.
  const noting = await notingOf({ kafka, config }, topics);
  const add = (line: string) => files.add(line);
  await addKafka(kafka, [...noting.as.keys()], { ...noting, add }, since);
  await files.flush();
  return { refs: files.refs, lines: files.lines };
}
