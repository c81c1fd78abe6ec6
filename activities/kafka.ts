import { randomUUID } from "node:crypto";
import {
  type Admin,
  ConfigResourceTypes,
  Kafka as KafkaJs,
  logLevel,
} from "kafkajs";
import { type Hour, hoursIn, type HourRange, hourStart } from "../domain/hour";
import { type Count, measured, unknowable } from "../domain/evidence";
import { calling } from "./errors";

export type Offsets = { partition: number; low: string; high: string };
export type Range = { partition: number; from: string; to: string };
export type Message = {
  topic: string;
  partition: number;
  offset: string;
  value: Buffer | null;
  headers: Record<string, string>;
};

const READ_SECONDS = 120;

/** Kafka through kafkajs: offsets, configs and ranged reads. Producing is replay.ts. */
export class Kafka {
  readonly js: KafkaJs;
  private connected: Promise<Admin> | undefined;

  constructor(private readonly brokers: string[]) {
    this.js = new KafkaJs({
      clientId: "sisyphus",
      brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries: 4 },
    });
  }

  private on<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    return calling("Kafka", this.brokers.join(","), async () => {
      this.connected ??= (async () => {
        const admin = this.js.admin();
        await admin.connect();
        return admin;
      })();
      try {
        return await call(await this.connected);
      } catch (error) {
        // A broker that went away is looked for anew at the next call.
        if ((error as { retriable?: boolean }).retriable !== false)
          await this.close();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    const admin = this.connected;
    this.connected = undefined;
    await admin?.then((a) => a.disconnect()).catch(() => undefined);
  }

  topics(): Promise<string[]> {
    return this.on((admin) => admin.listTopics());
  }

  async offsets(topic: string): Promise<Offsets[]> {
    const found = await this.on((admin) => admin.fetchTopicOffsets(topic));
    return found
      .map(({ partition, low, high }) => ({ partition, low, high }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** Each partition's first offset whose timestamp is at or after a time (epoch ms); its log end where there is none. */
  private async offsetsAt(
    topic: string,
    ms: number,
  ): Promise<Map<number, bigint>> {
    const found = await this.on((admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, ms),
    );
    return new Map(found.map((o) => [o.partition, BigInt(o.offset)]));
  }

  /**
   * Messages per hour by timestamp, in few requests: spans between equal offsets are not looked into.
   * An estimate: timestamps may be out of order. Hours that Kafka may have deleted from are unknowable.
   */
  async producedByHour(
    topic: string,
    range: HourRange,
  ): Promise<Map<Hour, Count>> {
    const hours = hoursIn(range);
    const edges = [...hours, range.until];
    const offsets = await this.offsets(topic);
    const deleted = offsets.some((o) => o.low !== "0");
    const at = new Map<number, Map<number, bigint>>();
    const look = async (i: number) => {
      let known = at.get(i);
      if (!known)
        at.set(i, (known = await this.offsetsAt(topic, hourStart(edges[i]!))));
      return known;
    };
    const between = async (i: number, j: number) => {
      const [a, b] = [await look(i), await look(j)];
      return [...b].reduce((sum, [partition, offset]) => {
        const d = offset - (a.get(partition) ?? 0n);
        return sum + (d > 0n ? Number(d) : 0);
      }, 0);
    };
    const counts = new Array<number>(hours.length).fill(0);
    const fill = async (i: number, j: number): Promise<void> => {
      const n = await between(i, j);
      if (n === 0) return;
      if (j - i === 1) {
        counts[i] = n;
        return;
      }
      const middle = (i + j) >> 1;
      await fill(i, middle);
      await fill(middle, j);
    };
    if (hours.length > 0) await fill(0, hours.length);
    const first = counts.findIndex((n) => n > 0);
    return new Map(
      hours.map((hour, i) => [
        hour,
        deleted && (first === -1 || i < first)
          ? unknowable("Kafka has deleted messages of this time, or may have")
          : measured(counts[i]!),
      ]),
    );
  }

  async topicConfig(topic: string): Promise<Record<string, string>> {
    const found = await this.on((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      }),
    );
    return Object.fromEntries(
      (found.resources[0]?.configEntries ?? []).map((e) => [
        e.configName,
        e.configValue,
      ]),
    );
  }

  /** What is set on the topic itself. */
  async ownConfig(topic: string): Promise<Record<string, string>> {
    const found = await this.on((admin) =>
      admin.describeConfigs({
        includeSynonyms: true,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      }),
    );
    const TOPIC_CONFIG = 1;
    return Object.fromEntries(
      (found.resources[0]?.configEntries ?? [])
        .filter(
          (e) =>
            (e as unknown as { configSource: number }).configSource ===
            TOPIC_CONFIG,
        )
        .map((e) => [e.configName, e.configValue]),
    );
  }

  /**
   * Sets or (with undefined) unsets one config of a topic, leaving the others: the protocol's call resets what it is not given.
   */
  async setTopicConfig(
    topic: string,
    name: string,
    value: string | undefined,
  ): Promise<void> {
    const own = await this.ownConfig(topic);
    if (own[name] === value) return;
    const next = { ...own };
    delete next[name];
    if (value !== undefined) next[name] = value;
    await this.on((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: Object.entries(next).map(([n, v]) => ({
              name: n,
              value: v,
            })),
          },
        ],
      }),
    );
  }

  /** Reads offset ranges of several topics, committed records only. @throws when the ends are not reached in two minutes */
  async readRanges(
    ranges: Map<string, Range[]>,
    each: (message: Message) => void,
    beat: () => void = () => undefined,
  ): Promise<void> {
    const left = new Map<string, { to: bigint }>();
    for (const [topic, parts] of ranges) {
      for (const p of parts)
        if (BigInt(p.from) < BigInt(p.to))
          left.set(`${topic}\t${p.partition}`, { to: BigInt(p.to) });
    }
    if (left.size === 0) return;
    const topics = [...ranges.keys()];
    const groupId = `sisyphus-read-${randomUUID()}`;
    const consumer = this.js.consumer({
      groupId,
      maxWaitTimeInMs: 100,
      readUncommitted: false,
    });
    await calling("Kafka", this.brokers.join(","), async () => {
      await consumer.connect();
      try {
        await consumer.subscribe({ topics, fromBeginning: true });
        await new Promise<void>((done, fail) => {
          const timer = setTimeout(
            () =>
              fail(
                new Error(
                  `reading ${topics.length} topics took more than ${READ_SECONDS} s; not read: ${[...left.keys()].join(", ")}`,
                ),
              ),
            READ_SECONDS * 1000,
          );
          const finish = (error?: Error) => {
            clearTimeout(timer);
            if (error) fail(error);
            else done();
          };
          consumer.on(consumer.events.CRASH, ({ payload }) =>
            finish(payload.error),
          );
          // Also told of batches that hold control records only.
          consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
            const id = `${payload.topic}\t${payload.partition}`;
            const end = left.get(id);
            if (end && BigInt(payload.lastOffset) + 1n >= end.to)
              left.delete(id);
            if (left.size === 0) finish();
          });
          void consumer
            .run({
              autoCommit: false,
              eachBatch: async ({ batch }) => {
                beat();
                const range = ranges
                  .get(batch.topic)
                  ?.find((p) => p.partition === batch.partition);
                if (!range) return;
                for (const m of batch.messages) {
                  const offset = BigInt(m.offset);
                  if (offset < BigInt(range.from) || offset >= BigInt(range.to))
                    continue;
                  each({
                    topic: batch.topic,
                    partition: batch.partition,
                    offset: m.offset,
                    value: m.value,
                    headers: Object.fromEntries(
                      Object.entries(m.headers ?? {}).map(([k, v]) => [
                        k,
                        String(v),
                      ]),
                    ),
                  });
                }
              },
            })
            .then(() => {
              for (const [topic, parts] of ranges) {
                for (const p of parts) {
                  if (left.has(`${topic}\t${p.partition}`))
                    consumer.seek({
                      topic,
                      partition: p.partition,
                      offset: p.from,
                    });
                }
              }
            })
            .catch(finish);
        });
      } finally {
        await consumer.disconnect();
        await this.on((admin) => admin.deleteGroups([groupId])).catch(
          () => undefined,
        );
      }
    });
  }
}
