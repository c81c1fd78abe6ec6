import type { Message, Range } from "../../../clients/kafka/ranged-read";
import {
  type PreparedBatch,
  type ProducedRecord,
  type TransactionalProducer,
} from "../../../clients/kafka/transactional-producer";
import { partitionKey, parsePartitionKey } from "../../../lib/keys";
import { call } from "./faults";

type Transaction = { state: "open" | "committed" | "aborted" };
type Entry =
  | { marker: true }
  | {
      marker: false;
      value: string;
      headers: Record<string, string>;
      transaction: Transaction;
    };
type Partition = { low: number; log: Entry[] };
type Topic = {
  /** One that is made anew has another. */
  id: string;
  own: Record<string, string>;
  partitions: Partition[];
};
/** The broker ends a transaction that is open for so long, in milliseconds: longer than the longest sleep of a fault. */
const TRANSACTION_MS = 5000;

/** A broker: topics of several partitions, transactions, fencing, markers, what readers of committed records see. */
export class MemoryKafka {
  calling = <T>(call: () => Promise<T>): Promise<T> => call();

  readonly brokers = ["memory:9092"];
  readonly logs = new Map<string, Topic>();
  private made = 0;
  private readonly epochs = new Map<string, number>();
  private readonly open = new Map<
    string,
    { transaction: Transaction; partitions: Set<string> }
  >();
  /** Makes a topic whose partitions are empty. */
  create(topic: string, partitions = 1): void {
    this.logs.set(topic, {
      id: `id-${++this.made}`,
      own: {},
      partitions: Array.from({ length: partitions }, () => ({
        low: 0,
        log: [],
      })),
    });
  }

  /** Messages of other producers, of which retention has deleted the first. */
  fill(topic: string, partition: number, deleted: number, live: number): void {
    const log = this.partition(topic, partition);
    for (let i = 0; i < deleted + live; i++)
      log.log.push({
        marker: false,
        value: JSON.stringify({ live: i }),
        headers: {},
        transaction: { state: "committed" },
      });
    log.low = deleted;
  }

  partition(topic: string, partition: number): Partition {
    return this.logs.get(topic)!.partitions[partition]!;
  }

  /** Every partition of a topic. */
  partitionsOf(topic: string): number[] {
    return this.logs.get(topic)!.partitions.map((_, partition) => partition);
  }

  private end(id: string, state: "committed" | "aborted"): void {
    const open = this.open.get(id);
    if (!open) return;
    open.transaction.state = state;
    for (const key of open.partitions) {
      const { topic, partition } = parsePartitionKey(key);
      this.partition(topic, partition).log.push({ marker: true });
    }
    this.open.delete(id);
  }

  /** Aborts every open transaction and fences its producer, as a broker does after transaction.timeout.ms. */
  expire(ids = [...this.open.keys()]): void {
    for (const id of ids) {
      this.end(id, "aborted");
      this.epochs.set(id, this.epochs.get(id)! + 1);
    }
  }

  private begin(id: string) {
    const open = {
      transaction: { state: "open" as const },
      partitions: new Set<string>(),
    };
    this.open.set(id, open);
    const expiry = setTimeout(
      () => this.open.get(id) === open && this.expire([id]),
      TRANSACTION_MS,
    );
    expiry.unref();
    return open;
  }

  async transactionalProducer(id: string): Promise<TransactionalProducer> {
    const epoch = await call(() => {
      this.end(id, "aborted");
      const next = (this.epochs.get(id) ?? -1) + 1;
      this.epochs.set(id, next);
      return next;
    });
    const check = () => {
      if (this.epochs.get(id) !== epoch) throw new Error("fenced");
    };
    const recordsOf = new WeakMap<PreparedBatch, readonly ProducedRecord[]>();
    return {
      disconnect: async () => undefined,
      prepare: async (topic: string, records: readonly ProducedRecord[]) => {
        const prepared = { topic, recordBatches: new Map() };
        recordsOf.set(prepared, records);
        return prepared;
      },
      send: (prepared: PreparedBatch) =>
        call(() => {
          check();
          const { topic } = prepared;
          const records = recordsOf.get(prepared)!;
          const open = this.open.get(id) ?? this.begin(id);
          for (const { value, headers, partition } of records) {
            open.partitions.add(partitionKey(topic, partition));
            this.partition(topic, partition).log.push({
              marker: false,
              value,
              headers,
              transaction: open.transaction,
            });
          }
        }),
      commit: () => call(() => (check(), this.end(id, "committed"))),
      abort: () => call(() => (check(), this.end(id, "aborted"))),
    };
  }

  denied = async () => new Set<string>();
  refuseHidden = async () => undefined;

  topics() {
    return call(() => [...this.logs.keys()]);
  }

  topicIds(topics: readonly string[]) {
    return call(
      () =>
        new Map(
          topics.flatMap((topic) => {
            const id = this.logs.get(topic)?.id;
            return id === undefined ? [] : [[topic, id] as const];
          }),
        ),
    );
  }

  offsets(topic: string) {
    return call(() =>
      this.logs.get(topic)!.partitions.map(({ low, log }, partition) => ({
        partition,
        low: String(low),
        high: String(log.length),
      })),
    );
  }

  ownConfig(topic: string) {
    return call(() => ({ ...this.logs.get(topic)!.own }));
  }

  topicConfig(topic: string) {
    return call(() => ({
      "message.timestamp.type": "CreateTime",
      "retention.ms": "604800000",
      ...this.logs.get(topic)!.own,
    }));
  }

  setTopicConfig(topic: string, name: string, value: string | undefined) {
    return call(() => {
      const { own } = this.logs.get(topic)!;
      if (value === undefined) delete own[name];
      else own[name] = value;
    }, true);
  }

  read(ranges: Map<string, Range[]>, each: (message: Message) => void) {
    return call(() => {
      for (const [topic, parts] of ranges)
        for (const { partition, from, to } of parts)
          for (const m of this.committedIn(
            topic,
            partition,
            Number(from),
            Number(to),
          ))
            each(m);
    });
  }

  /** The offset up to which readers of committed records can read: the first message whose transaction is open, else the log's end. */
  lastStable(topic: string, partition: number): number {
    const { log } = this.partition(topic, partition);
    const open = log.findIndex(
      (entry) => !entry.marker && entry.transaction.state === "open",
    );
    return open === -1 ? log.length : open;
  }

  /** The committed messages of a topic. @throws Error where a transaction is still open, since nobody can read past it */
  committed(topic: string): Message[] {
    return this.partitionsOf(topic).flatMap((partition) =>
      this.committedIn(topic, partition),
    );
  }

  /** The committed messages of a range of offsets. @throws Error where a transaction in it is still open */
  committedIn(
    topic: string,
    partition: number,
    from = 0,
    to = Infinity,
  ): Message[] {
    const { log, low } = this.partition(topic, partition);
    return log.flatMap((entry, i) => {
      if (i < Math.max(from, low) || i >= to || entry.marker) return [];
      if (entry.transaction.state === "open")
        throw new Error(`${topic}: a transaction is open at ${i}`);
      if (entry.transaction.state === "aborted") return [];
      return [
        {
          topic,
          partition,
          offset: String(i),
          value: Buffer.from(entry.value),
          headers: entry.headers,
        },
      ];
    });
  }
}
