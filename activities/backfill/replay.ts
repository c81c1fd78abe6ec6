import { heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { eventReaderOf } from "../../domain/settings/event-reader";
import type { Landed } from "../../domain/backfill/landed";
import { holderOf, topicLease } from "../../domain/backfill/leases";
import type { MissingTopic } from "../../domain/backfill/missing";
import {
  areStored,
  type GivenStarts,
  partitionsOf,
  type Starts,
  startsOf,
} from "../../domain/backfill/replay-starts";
import { sagaNameOf, wholeSagaOf } from "../../domain/backfill/saga-name";
import { batches } from "../../lib/throttle";
import { total } from "../../lib/total";
import { OwnFault } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import type { TransactionalProducer } from "../../clients/kafka/transactional-producer";
import type { Storage } from "../../clients/storage";
import {
  leaseBookPlace,
  markerPlaces,
  sagaPlaces,
} from "../../clients/storage-layout";
import { partitionKey, parsePartitionKey } from "../../lib/keys";
import { endIfUnwanted } from "../beat";
import { heartbeatWhile } from "../heartbeat-while";
import { inTurns } from "./in-turns";
import { type ReadBack, ReplayedLogs } from "./read-back";
import {
  connectReplayProducer,
  type OutgoingEvent,
  ReplayTransactions,
} from "./replay-producer";
import { Progress, throttleOf } from "./replay-pace";
import { refuseUntouchableEvent } from "./refuse-untouchable";
import { sagaId } from "./saga-id";
import { type FoundEvent, readMissing } from "./search/read-missing";

export type Replayed = {
  /** Distinct events of the topics that this saga has in Kafka, read back. */
  landed: number;
  /** Distinct events that it has in Kafka more than once. */
  twice: number;
  /** `<topic>/<partition>` to the offset after the last replayed event. */
  ends: Record<string, string>;
  /** `landed` by topic; absent in results of version 0.1.0. */
  topics?: Record<string, number>;
};

type ReplayInput = {
  topics: MissingTopic[];
  /** What the activity `replayStarts` returned before the first attempt. */
  starts: GivenStarts;
  /** The fraction (0 to 1) of the configured rates that this replay may take, where several run side by side; default 1. */
  share?: number;
};

/** The same with the starts at hand, and the ids that topics had before the replay; none where they could not be told. */
type Replay = Omit<ReplayInput, "starts"> & {
  starts: Starts;
  ids: Record<string, string>;
};

/** What a message takes beside an event's text, about: its headers, and its frame. Small events would otherwise make batches that are too large. */
const BESIDE_BYTES = 200;

/** So many starts travel in a payload; more lie in storage. */
const MAX_STARTS = 1000;

type ReplayDeps = { config: Config; kafka: Kafka; storage: Storage };

/** The sum of the topics' landed events. */
const countLanded = ({ landed }: ReadBack, topics: string[]) =>
  total(
    topics.map((topic) => landed.get(topic)!),
    "count",
  );

/** Producing the missing events, each exactly once. */
export function createReplayActivities({ config, kafka, storage }: ReplayDeps) {
  const reader = eventReaderOf(config);

  /** The batches of a topic's events that have not landed yet. Two files of its missing events are in memory: the one at hand, and the next. */
  async function* unsentBatches(missing: MissingTopic, landed: Landed) {
    // An event's position among its topic's missing events; its message carries it, so that a read-back tells which ones landed.
    let index = 0;
    function* unsent(events: Iterable<FoundEvent>): Generator<OutgoingEvent> {
      for (const { event, text } of events) {
        const own = index++;
        if (!landed.has(own, event.uuid)) {
          refuseUntouchableEvent(config, missing.topic, event.ms);
          yield { event, index: own, value: text };
        }
      }
    }
    for await (const events of readMissing(storage, missing, reader))
      yield* batches(
        unsent(events),
        ({ value }) => Buffer.byteLength(value) + BESIDE_BYTES,
        config.replay.batchEvents,
        config.replay.batchBytes,
      );
  }

  /**
   * Those of some topics whose retention the saga has given back, after its import or in an abort, or which it has lost to another saga, as one does
   * that is terminated. An attempt that froze and wakes up after that must produce nothing more: the other may replay the same events.
   */
  async function mayNotReplay(
    id: string,
    topics: readonly string[],
  ): Promise<string[]> {
    const saga = wholeSagaOf(id);
    const places = sagaPlaces(saga);
    // At the same time: each transaction waits for all of them before its commit.
    const [isReleased, leftAlone, book] = await Promise.all([
      storage.has(places.retentionReleased),
      storage.read(places.leftAlone),
      storage.read(leaseBookPlace),
    ]);
    const isAnothers = (topic: string) => {
      const holder = book && holderOf(book, topicLease(topic));
      return (
        holder !== undefined &&
        sagaNameOf(holder.workflowId, holder.firstRunId) !== saga
      );
    };
    return topics.filter(
      (topic) =>
        isReleased || isAnothers(topic) || (leftAlone ?? []).includes(topic),
    );
  }

  /** Produces what has not landed yet, in transactions of bounded size and at a bounded rate. */
  async function produceTheRest(
    id: string,
    producer: TransactionalProducer,
    { topics, starts, share }: Replay,
    landed: ReadBack["landed"],
    progress: Progress,
  ): Promise<void> {
    const partitions = partitionsOf(starts);
    const transactions = new ReplayTransactions(producer, {
      ...config.replay,
      sagaId: id,
      partitionsOf: (topic) => partitions.get(topic)?.length,
      mayNotReplay: (some) => mayNotReplay(id, some),
      onCommitted: (batch) => progress.committed(batch),
    });
    const throttle = throttleOf(config.replay, share ?? 1);
    try {
      await inTurns(
        topics,
        (missing) => unsentBatches(missing, landed.get(missing.topic)!),
        ({ topic }) => throttle.due(topic),
        async ({ topic }, batch) => {
          endIfUnwanted();
          const wait = throttle.due(topic) - Date.now();
          if (wait > 0) await sleep(wait);
          await transactions.send(topic, batch);
          throttle.sent(topic, batch.items.length, batch.bytes, Date.now());
        },
      );
      await transactions.commit();
    } catch (error) {
      await transactions.abort();
      throw error;
    }
  }

  /**
   * Shuts older attempts out, reads what they committed, and produces the rest.
   * @returns what Kafka holds of the replay in the end
   */
  async function produceAndReadBack(
    id: string,
    replay: Replay,
    progress: Progress,
  ): Promise<ReadBack> {
    const { topics, starts, ids } = replay;
    const names = topics.map(({ topic }) => topic);
    // An operator may have had a topic skipped after its replay had begun. Its transactions left markers, too, and audits must know them.
    const begun = Object.keys(starts).map(
      (key) => parsePartitionKey(key).topic,
    );
    const besides = [...new Set(begun)].filter((name) => !names.includes(name));
    const asked = { topics: names, starts, ids, besides };
    const logs = new ReplayedLogs(kafka, id, asked);
    // Fencing comes before the read-back: after it nothing of an older attempt can land any more, so that what is read back stays all
    // that has landed. The other way round, an attempt that froze could commit an event that this one is about to produce, too.
    const producer = await connectReplayProducer(kafka, id);
    try {
      await logs.look();
      const { landed } = logs.found;
      progress.begin(countLanded(logs.found, names));
      await produceTheRest(id, producer, replay, landed, progress);
      await logs.look();
      // The look above may have asked for a log's end before the last transaction's marker was written.
      await logs.look();
      return logs.found;
    } finally {
      await producer.disconnect().catch(() => undefined);
    }
  }

  /** The result of the step, once all of it is there; the markers are recorded for audits. */
  async function confirmLanded(
    id: string,
    names: string[],
    after: ReadBack,
    expected: number,
  ): Promise<Replayed> {
    const landed = countLanded(after, names);
    if (landed < expected)
      throw new OwnFault(
        `${landed} of ${expected} replayed events were read back; the next attempt produces the rest`,
      );
    await storage.write(markerPlaces.ofSaga(id), after.markers);
    const replayedTopics = new Set(names);
    return {
      landed,
      twice: after.twice,
      ends: Object.fromEntries(
        Object.entries(after.ends).filter(([key]) =>
          replayedTopics.has(parsePartitionKey(key).topic),
        ),
      ),
      topics: Object.fromEntries(
        names.map((name) => [name, after.landed.get(name)!.count]),
      ),
    };
  }

  async function startsAtHand(starts: GivenStarts): Promise<Starts> {
    if (!areStored(starts)) return starts;
    const all = await storage.readRef<Starts>(starts.ref);
    return starts.topics ? startsOf(all, starts.topics) : all;
  }

  return {
    /** Where the topics' logs end now: asked once, before the first event is replayed. */
    async replayStarts(input: { topics: string[] }): Promise<GivenStarts> {
      const places = sagaPlaces(sagaId());
      // Recorded once: an attempt that wakes up late would take a topic that was made anew since for the one that was replayed into.
      await storage.recordOnce(
        places.replayTopicIds,
        Object.fromEntries(await kafka.topicIds(input.topics)),
      );
      const starts: Starts = {};
      for (const topic of input.topics) {
        heartbeat(topic);
        for (const { partition, high } of await kafka.offsets(topic))
          starts[partitionKey(topic, partition)] = high;
      }
      if (Object.keys(starts).length <= MAX_STARTS) return starts;
      // Recorded once: an attempt that wakes up late would take what was replayed since for what was there before.
      const place = places.replayStarts;
      await storage.recordOnce(place, starts);
      return { ref: storage.path(place) };
    },
    /**
     * Produces every missing event exactly once, however often an attempt of it dies, freezes or is taken over: an attempt first shuts
     * older ones out, then reads back what they committed, and produces only the rest.
     * @throws Error where fewer events were read back than are missing; the next attempt produces what is lacking
     * @throws ApplicationFailure "Fenced", not to be retried, where the saga may not replay a topic any more
     */
    async replay(input: ReplayInput): Promise<Replayed> {
      const id = sagaId();
      const expected = total(input.topics, "events");
      const { replayTopicIds } = sagaPlaces(wholeSagaOf(id));
      const replayed = {
        ...input,
        starts: await startsAtHand(input.starts),
        ids: (await storage.read(replayTopicIds)) ?? {},
      };
      const progress = new Progress(expected);
      return kafka.calling(async () => {
        const after = await heartbeatWhile(
          () => produceAndReadBack(id, replayed, progress),
          () => progress.told,
        );
        const names = input.topics.map(({ topic }) => topic);
        return confirmLanded(id, names, after, expected);
      });
    },
  };
}
