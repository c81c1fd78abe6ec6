import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { CompressionCodecs, type Kafka as KafkaJs } from "kafkajs";
import { FormatError } from "../../formats/format-error";
import {
  decodeFetchResponse,
  encodeFetchRequest,
  FETCH,
  type Fetched,
  type FetchFrom,
  readHeaders,
} from "../../formats/kafka/fetch";
import { partitionKey } from "../../lib/keys";
import type { Message, Range } from "./ranged-read";
import { ask, type Cluster, clusterOf } from "./raw-requests";

/** A message without what it says. */
export type Seen = Omit<Message, "value">;

/** Offsets of partitions, as decimal strings, by topic: each of them not included. */
export type Ends = ReadonlyMap<
  string,
  readonly Pick<Range, "partition" | "to">[]
>;
export type Starts = ReadonlyMap<
  string,
  readonly Pick<Range, "partition" | "from">[]
>;

/** Partitions that are read as they grow. */
export type Following = {
  /**
   * Waits until every message before these offsets was handed out.
   * @throws what ended the reading. Everything that was handed out until then is as it was, and whoever waits reads the rest himself
   */
  reached(ends: Ends): Promise<void>;
  stop(): Promise<void>;
};

/** How long a broker waits for something to come. */
const MAX_WAIT_MS = 100;
const MAX_BYTES = 8 << 20;
const PARTITION_MAX_BYTES = 2 << 20;
/** Where nothing comes for so long, whoever waits for it is told. */
const SILENT_MS = 30_000;
const GZIP = 1;

type Part = { topic: string; partition: number; next: bigint };

const unzip = promisify<Buffer, Buffer>(gunzip);

function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  if (codec === GZIP) return unzip(bytes);
  const known = CompressionCodecs as unknown as Record<
    number,
    (() => { decompress(bytes: Buffer): Promise<Buffer> }) | undefined
  >;
  const make = known[codec];
  if (!make) throw new FormatError(`a record batch in the codec ${codec}`);
  return make().decompress(bytes);
}

/**
 * Reads the headers of what is committed to partitions, from offsets on and until it is stopped. It is for a reader of its own records, who can
 * do without it: at the first trouble it ends. kafkajs' consumer takes several times as long for a message, and needs a group.
 */
export function followFrom(
  js: KafkaJs,
  starts: Starts,
  each: (message: Seen) => void,
): Following {
  return new Follower(js, starts, each);
}

class Follower implements Following {
  private readonly parts = new Map<string, Part>();
  private readonly reading: Promise<void>;
  private isStopped = false;
  private onProgress: () => void = () => undefined;

  constructor(
    js: KafkaJs,
    starts: Starts,
    private readonly each: (message: Seen) => void,
  ) {
    for (const [topic, parts] of starts)
      for (const { partition, from } of parts)
        this.parts.set(partitionKey(topic, partition), {
          topic,
          partition,
          next: BigInt(from),
        });
    this.reading = this.read(js);
    // Whoever waits is told of a failure.
    this.reading.catch(() => undefined);
  }

  async reached(ends: Ends): Promise<void> {
    let silence: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, fail) => {
      silence = setTimeout(
        () => fail(new Error("nothing came that was followed")),
        SILENT_MS,
      );
    });
    const reached = new Promise<void>((done) => {
      this.onProgress = () => {
        silence?.refresh();
        if (this.hasReached(ends)) done();
      };
      this.onProgress();
    });
    const ended = this.reading.then(() => {
      throw new Error("the reading was stopped");
    });
    try {
      await Promise.race([reached, ended, tooLong]);
    } finally {
      clearTimeout(silence);
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.reading.catch(() => undefined);
  }

  private hasReached(ends: Ends): boolean {
    return [...ends].every(([topic, parts]) =>
      parts.every(({ partition, to }) => {
        const part = this.parts.get(partitionKey(topic, partition));
        return part !== undefined && part.next >= BigInt(to);
      }),
    );
  }

  private async read(js: KafkaJs): Promise<void> {
    const cluster = clusterOf(js);
    if (!cluster)
      throw new Error("this version of kafkajs hides what is gone by here");
    try {
      await cluster.connect();
      for (const { topic } of this.parts.values())
        await cluster.addTargetTopic(topic);
      while (!this.isStopped) {
        await cluster.refreshMetadataIfNecessary();
        await Promise.all(
          [...this.byLeader(cluster)].map(async ([nodeId, parts]) => {
            for (const fetched of await this.fetch(cluster, nodeId, parts))
              await this.take(fetched);
          }),
        );
      }
    } finally {
      await cluster.disconnect().catch(() => undefined);
    }
  }

  private byLeader(cluster: Cluster): Map<string, Part[]> {
    const byLeader = new Map<string, Part[]>();
    for (const part of this.parts.values()) {
      const { topic, partition } = part;
      const [leader] = Object.keys(
        cluster.findLeaderForPartitions(topic, [partition]),
      );
      if (leader === undefined)
        throw new Error(`${topic}/${partition} has no leader`);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), part]);
    }
    return byLeader;
  }

  private async fetch(
    cluster: Cluster,
    nodeId: string,
    parts: readonly Part[],
  ): Promise<Fetched[]> {
    const topics = new Map<string, FetchFrom[]>();
    for (const { topic, partition, next } of parts) {
      const ofTopic = topics.get(topic) ?? [];
      topics.set(topic, [...ofTopic, { partition, offset: next }]);
    }
    const fetched = await ask(await cluster.findBroker({ nodeId }), {
      api: FETCH,
      name: "Fetch",
      bytes: encodeFetchRequest(topics, {
        maxWaitMs: MAX_WAIT_MS,
        maxBytes: MAX_BYTES,
        partitionMaxBytes: PARTITION_MAX_BYTES,
      }),
      decode: decodeFetchResponse,
    });
    if (!fetched) throw new Error("the broker is older than Kafka 0.11");
    return fetched;
  }

  private async take(fetched: Fetched): Promise<void> {
    const { topic, partition, errorCode } = fetched;
    if (errorCode !== 0)
      throw new Error(
        `Kafka refused ${topic}/${partition} with its error ${errorCode}`,
      );
    const part = this.parts.get(partitionKey(topic, partition))!;
    const next = await readHeaders(
      fetched,
      part.next,
      decompress,
      (offset, headers) =>
        this.each({ topic, partition, offset: offset.toString(), headers }),
    );
    if (next === part.next) return;
    part.next = next;
    this.onProgress();
  }
}
