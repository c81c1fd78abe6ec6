import type { Kafka as KafkaJs } from "kafkajs";
import type { TopicMetadata } from "../../formats/kafka/metadata";
import { countRequest } from "../../lib/request-count";
import {
  type Cluster,
  clusterOf,
  LATEST,
  listedOffsets,
  topicMetadata,
  type WantedOffsets,
} from "./raw-requests";

/** By partition, an offset. */
type OffsetsOf = Map<number, bigint>;

type Lookup = {
  topic: string;
  ms: number;
  resolve: (found: OffsetsOf | undefined) => void;
};

/** A connection that lookups share. A retired one gets no new lookups, and is closed after its last. */
type Connection = {
  cluster: Promise<Cluster>;
  underWay: number;
  isRetired: boolean;
};

/**
 * Looks up offsets by time. What is asked at the same time goes to the brokers together, as one request can ask about all topics, each at one
 * time: an audit of a fleet that nothing is remembered of asks for hundreds of thousands of hours' edges. kafkajs takes three requests for one.
 */
export class OffsetLookups {
  private waiting: Lookup[] = [];
  private current: Connection | undefined;

  constructor(private readonly js: KafkaJs) {}

  /**
   * Each partition's first offset whose timestamp is at or after a time (epoch ms); its log end where there is none.
   * @returns undefined where the brokers did not tell it whole: whoever asks has to ask in another way, which also says what is wrong
   */
  at(topic: string, ms: number): Promise<OffsetsOf | undefined> {
    return new Promise((resolve) => {
      if (this.waiting.length === 0) setImmediate(() => void this.answerAll());
      this.waiting.push({ topic, ms, resolve });
    });
  }

  /** Closes the connection once nothing is asked over it any more; the next lookup makes another. */
  async close(): Promise<void> {
    const { current } = this;
    if (current) await this.retire(current);
  }

  private async answerAll(): Promise<void> {
    const lookups = this.waiting;
    this.waiting = [];
    const connection = (this.current ??= {
      cluster: this.connect(),
      underWay: 0,
      isRetired: false,
    });
    connection.underWay++;
    let found: Map<Lookup, OffsetsOf> | undefined;
    try {
      found = await this.lookUp(await connection.cluster, lookups);
    } catch {
      // The broker may be gone. Others may still be asking over the same connection, or over a newer one already.
      void this.retire(connection);
    }
    for (const lookup of lookups) lookup.resolve(found?.get(lookup));
    connection.underWay--;
    await closeWhenIdle(connection);
  }

  private retire(connection: Connection): Promise<void> {
    connection.isRetired = true;
    if (this.current === connection) this.current = undefined;
    return closeWhenIdle(connection);
  }

  private async lookUp(
    cluster: Cluster,
    lookups: Lookup[],
  ): Promise<Map<Lookup, OffsetsOf> | undefined> {
    const topics = [...new Set(lookups.map(({ topic }) => topic))];
    countRequest("Kafka");
    const metadata = await topicMetadata(cluster, topics);
    if (!metadata) return undefined;
    const askAt = (wanted: { topic: string; time: number }[]) =>
      offsetsOf(cluster, metadata, wanted);
    // The ends first: a message that comes between is found by its time. One that is dated earlier counts after the edge, which is the log's end
    // and therefore not remembered.
    const ends = await askAt(topics.map((topic) => ({ topic, time: LATEST })));
    const found = new Map<Lookup, OffsetsOf>();
    await Promise.all(
      inRounds(lookups).map(async (round) => {
        const firsts = await askAt(
          round.map(({ topic, ms }) => ({ topic, time: ms })),
        );
        for (const lookup of round) {
          const end = ends.get(lookup.topic);
          const first = firsts.get(lookup.topic);
          const offsets = end && first && orEnd(first, end);
          if (offsets) found.set(lookup, offsets);
        }
      }),
    );
    return found;
  }

  private async connect(): Promise<Cluster> {
    const cluster = clusterOf(this.js);
    try {
      await cluster.connect();
      await cluster.refreshMetadataIfNecessary();
    } catch (error) {
      void cluster.disconnect().catch(() => undefined);
      throw error;
    }
    return cluster;
  }
}

/** Disconnects what is retired after the last lookup over it. */
async function closeWhenIdle(connection: Connection): Promise<void> {
  if (!connection.isRetired || connection.underWay > 0) return;
  await connection.cluster
    .then((cluster) => cluster.disconnect())
    .catch(() => undefined);
}

/** Lookups in as few rounds as name each topic once: a request that names a partition twice is refused. */
function inRounds(lookups: Lookup[]): Lookup[][] {
  const rounds: Lookup[][] = [];
  const asked = new Map<string, number>();
  for (const lookup of lookups) {
    const round = asked.get(lookup.topic) ?? 0;
    asked.set(lookup.topic, round + 1);
    (rounds[round] ??= []).push(lookup);
  }
  return rounds;
}

/** The first offsets, and the end of a partition that has none; undefined where an end is not told. */
function orEnd(
  first: ReadonlyMap<number, bigint | undefined>,
  end: ReadonlyMap<number, bigint | undefined>,
): OffsetsOf | undefined {
  const found: OffsetsOf = new Map();
  for (const [partition, offset] of first) {
    const told = offset ?? end.get(partition);
    if (told === undefined) return undefined;
    found.set(partition, told);
  }
  return found;
}

/**
 * Asks the leaders of topics' partitions at the same time.
 * @returns by topic, what was told of each of its partitions; topics of which a partition has no leader, or was not told, are left out
 */
async function offsetsOf(
  cluster: Cluster,
  metadata: ReadonlyMap<string, TopicMetadata>,
  wanted: { topic: string; time: number }[],
): Promise<Map<string, Map<number, bigint | undefined>>> {
  const byLeader = new Map<number, WantedOffsets[]>();
  for (const { topic, time } of wanted)
    for (const [leader, partitions] of partitionsByLeader(metadata.get(topic)))
      byLeader.set(leader, [
        ...(byLeader.get(leader) ?? []),
        { topic, time, partitions },
      ]);
  countRequest("Kafka", byLeader.size);
  const answers = await Promise.all(
    [...byLeader].map(([leader, asked]) =>
      listedOffsets(cluster, leader, asked),
    ),
  );
  const told = new Map<string, Map<number, bigint | undefined>>();
  for (const answer of answers)
    for (const [topic, offsets] of answer)
      told.set(topic, new Map([...(told.get(topic) ?? []), ...offsets]));
  for (const { topic } of wanted) {
    const partitions = [...(metadata.get(topic)?.leaders.keys() ?? [])];
    const known = told.get(topic);
    const isWhole =
      partitions.length > 0 && partitions.every((p) => known?.has(p));
    if (!isWhole) told.delete(topic);
  }
  return told;
}

function partitionsByLeader(
  topic: TopicMetadata | undefined,
): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [partition, leader] of topic?.leaders ?? [])
    if (leader !== undefined)
      found.set(leader, [...(found.get(leader) ?? []), partition]);
  return found;
}
