import {
  type Admin,
  ConfigResourceTypes,
  Kafka as KafkaJs,
  logLevel,
} from "kafkajs";
import { type Hour, hoursIn, type HourRange, hourStart } from "../../lib/hour";
import { type Count, measured, unknowable } from "../../domain/audit/evidence";
import { calling } from "../errors";
import { type Message, type Range, readRanges } from "./kafka-read";
import { countRequest } from "../../lib/request-count";

export type Offsets = { partition: number; low: string; high: string };
/** Offsets at an instant (epoch ms), by partition, as they were found: `{ms: {partition: offset}}`. */
export type Edges = Record<string, Record<string, string>>;
type Connection = {
  admin: Promise<Admin>;
  topics: Set<string>;
  calls: number;
  retired: boolean;
  ended?: Promise<void>;
};
const MAX_TOPICS = 40;

async function end(c: Connection): Promise<void> {
  if (!c.retired || c.calls > 0) return;
  c.ended ??= c.admin.then((a) => a.disconnect()).catch(() => undefined);
  await c.ended;
}

type Edge = Map<number, { offset: bigint; sure: boolean }>;

function between(a: Edge, b: Edge): number {
  let sum = 0;
  for (const [partition, { offset }] of b) {
    const d = offset - (a.get(partition)?.offset ?? 0n);
    if (d > 0n) sum += Number(d);
  }
  return sum;
}

/** Kafka through kafkajs: offsets, configs and ranged reads. Producing is replay.ts. */
export class Kafka {
  readonly js: KafkaJs;
  private current: Connection | undefined;

  constructor(readonly brokers: string[]) {
    this.js = new KafkaJs({
      clientId: "sisyphus",
      brokers,
      logLevel: logLevel.NOTHING,
      retry: { retries: 4 },
    });
  }

  on<T>(call: (admin: Admin) => Promise<T>, topic?: string): Promise<T> {
    return calling("Kafka", this.brokers.join(","), async () => {
      // kafkajs asks for the metadata of every topic that a client was ever asked about, again and again: it gets a fresh one now and then.
      if (
        this.current &&
        topic !== undefined &&
        !this.current.topics.has(topic) &&
        this.current.topics.size >= MAX_TOPICS
      )
        this.retire();
      const connection = (this.current ??= {
        admin: (async () => {
          const admin = this.js.admin();
          await admin.connect();
          return admin;
        })(),
        topics: new Set(),
        calls: 0,
        retired: false,
      });
      if (topic !== undefined) connection.topics.add(topic);
      connection.calls++;
      try {
        return await call(await connection.admin);
      } catch (error) {
        // A broker that went away is looked for anew at the next call.
        if (
          connection === this.current &&
          (error as { retriable?: boolean }).retriable !== false
        )
          this.retire();
        throw error;
      } finally {
        connection.calls--;
        await end(connection);
      }
    });
  }

  /** The next call gets a new connection; this one ends with its last call. */
  private retire(): void {
    const connection = this.current;
    this.current = undefined;
    if (!connection) return;
    connection.retired = true;
    void end(connection);
  }

  async close(): Promise<void> {
    const connection = this.current;
    this.retire();
    await connection?.ended;
  }

  topics(): Promise<string[]> {
    return this.on((admin) => admin.listTopics());
  }

  async offsets(topic: string): Promise<Offsets[]> {
    countRequest("Kafka", 3);
    const found = await this.on(
      (admin) => admin.fetchTopicOffsets(topic),
      topic,
    );
    return found
      .map(({ partition, low, high }) => ({ partition, low, high }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** Each partition's first offset whose timestamp is at or after a time (epoch ms); its log end where there is none. */
  async offsetsAt(topic: string, ms: number): Promise<Map<number, bigint>> {
    countRequest("Kafka", 3);
    const found = await this.on(
      (admin) => admin.fetchTopicOffsetsByTimestamp(topic, ms),
      topic,
    );
    return new Map(found.map((o) => [o.partition, BigInt(o.offset)]));
  }

  /**
   * Messages per hour by timestamp, in few requests: spans between equal offsets are not looked into, and edges that were found earlier
   * are remembered in `known`, also beyond the deletion of what they counted.
   * An estimate: timestamps may be out of order. Hours that Kafka may have deleted from are unknowable.
   * @returns per hour the count, and the offset at its end by partition
   */
  async producedByHour(
    topic: string,
    range: HourRange,
    offsets: Offsets[],
    known: Edges,
  ): Promise<Map<Hour, { count: Count; end: Map<number, bigint> }>> {
    const hours = hoursIn(range);
    const times = [...hours, range.until].map(hourStart);
    const at: (Edge | undefined)[] = times.map((ms) => {
      const found = known[ms];
      return (
        found &&
        new Map(
          Object.entries(found).map(([p, o]) => [
            Number(p),
            { offset: BigInt(o), sure: true },
          ]),
        )
      );
    });
    const look = async (i: number): Promise<Edge> => {
      const edge = at[i];
      if (edge) return edge;
      const found = await this.offsetsAt(topic, times[i]!);
      const fresh: Edge = new Map(
        offsets.map((o) => {
          const offset = found.get(o.partition) ?? BigInt(o.high);
          return [
            o.partition,
            { offset, sure: o.low === "0" || offset > BigInt(o.low) },
          ];
        }),
      );
      const lasting = offsets.every((o) => {
        const e = fresh.get(o.partition)!;
        return e.sure && e.offset < BigInt(o.high);
      });
      if (lasting)
        known[times[i]!] = Object.fromEntries(
          [...fresh].map(([p, e]) => [p, e.offset.toString()]),
        );
      return (at[i] = fresh);
    };
    const fill = async (i: number, j: number): Promise<void> => {
      const n = between(await look(i), await look(j));
      if (n === 0 || j - i === 1) return;
      const middle = (i + j) >> 1;
      await fill(i, middle);
      await fill(middle, j);
    };
    await Promise.all([look(0), look(times.length - 1)]);
    await fill(0, times.length - 1);
    // Between equal edges all are equal.
    for (let i = 1; i < at.length; i++) at[i] ??= at[i - 1];
    return new Map(
      hours.map((hour, i) => {
        const [a, b] = [at[i]!, at[i + 1]!];
        const sure = (edge: Edge) => [...edge.values()].every((e) => e.sure);
        const n = between(a, b);
        const count =
          sure(b) && (sure(a) || n > 0)
            ? measured(n)
            : unknowable(
                "Kafka has deleted messages of this time, or may have",
              );
        const end = new Map([...b].map(([p, e]) => [p, e.offset]));
        return [hour, { count, end }];
      }),
    );
  }

  /** Reads offset ranges of several topics, committed records only. */
  read(
    ranges: Map<string, Range[]>,
    each: (message: Message) => Promise<void> | void,
    beat?: () => void,
  ): Promise<void> {
    return readRanges(this, ranges, each, beat);
  }

  async topicConfig(topic: string): Promise<Record<string, string>> {
    return (await this.topicConfigs([topic])).get(topic) ?? {};
  }

  /** The effective configs of many topics, in one request. */
  async topicConfigs(
    topics: string[],
  ): Promise<Map<string, Record<string, string>>> {
    countRequest("Kafka");
    const found = await this.on((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({
          type: ConfigResourceTypes.TOPIC,
          name,
        })),
      }),
    );
    return new Map(
      found.resources.map((r) => [
        r.resourceName,
        Object.fromEntries(
          r.configEntries.map((e) => [e.configName, e.configValue]),
        ),
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
}
