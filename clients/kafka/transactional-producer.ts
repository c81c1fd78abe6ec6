import { setTimeout } from "node:timers/promises";
import type { Kafka as KafkaJs } from "kafkajs";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  decodeProduceResponse,
  encodeProduceRequest,
  PRODUCE,
} from "../../formats/kafka/produce";
import {
  encodeRecordBatch,
  type OutgoingRecord,
} from "../../formats/kafka/record-batch";
import { grouped } from "../../lib/grouped";
import { partitionKey } from "../../lib/keys";
import { isBusy, isFenced, refusal } from "./produce-errors";
import { ask, type Broker, type Cluster, clusterOf } from "./raw-requests";

export type ProducedRecord = OutgoingRecord & { partition: number };

/** Records of one topic, as a record batch for each of their partitions. */
export type PreparedBatch = {
  topic: string;
  recordBatches: ReadonlyMap<number, Buffer>;
};

/**
 * Produces in transactions under a transactional id. It does one thing at a time. No batch and no commit is sent a second time: what a broker
 * took of it may be there. Only what changes nothing in a log is asked again: adding partitions while the transaction before is being ended, and
 * an abort. After a failure it only aborts and disconnects, so that a producer which was fenced cannot come back and fence its successor in turn.
 */
export interface TransactionalProducer {
  /**
   * Encodes records of a topic; another batch may be on its way meanwhile. The caller sends batches in the order in which it had them
   * prepared, each once.
   */
  prepare(
    topic: string,
    records: readonly ProducedRecord[],
    compression: "none" | "gzip",
  ): Promise<PreparedBatch>;
  /** Sends a batch in the transaction that is open; the first one opens it. */
  send(batch: PreparedBatch): Promise<void>;
  /** Commits what was sent since the last commit. */
  commit(): Promise<void>;
  /** Takes back what was sent since the last commit. */
  abort(): Promise<void>;
  disconnect(): Promise<void>;
}

/** How often, and for how long, a transaction that is to begin asks whether the one before has ended, which takes milliseconds. */
const BEGIN_PAUSE_MS = 5;
const BEGIN_TIMEOUT_MS = 30_000;

/** How long a broker may wait for its replicas. */
const REPLICAS_TIMEOUT_MS = 30_000;

/** kafkajs' type of a transaction's coordinator, where it looks one up. */
const TRANSACTION_COORDINATOR = 1;

const GZIP = { codec: 1, compress: promisify<Buffer, Buffer>(gzip) };

/** Sequence numbers begin anew after the largest positive int32. */
const SEQUENCE_NUMBERS = 2 ** 31;

export type ProducerOptions = {
  /** The broker aborts a transaction that has been open for so long, whether or not its producer sends. It looks about every ten seconds. */
  transactionTimeoutMs: number;
};

/**
 * Connects a producer. From then on every older one with this transactional id is fenced: the broker refuses what it sends, and has
 * aborted what it had not committed.
 * @throws an error for which {@link isPassing} where the older one's transaction is still being ended: it is to be tried again
 */
export async function connectTransactionalProducer(
  js: KafkaJs,
  transactionalId: string,
  options: ProducerOptions,
): Promise<TransactionalProducer> {
  const cluster = clusterOf(js);
  try {
    await cluster.connect();
    const coordinator = await cluster.findGroupCoordinator({
      groupId: transactionalId,
      coordinatorType: TRANSACTION_COORDINATOR,
    });
    const { producerId, producerEpoch } = await coordinator.initProducerId({
      transactionalId,
      transactionTimeout: options.transactionTimeoutMs,
    });
    return new KafkaProducer(cluster, String(coordinator.nodeId), {
      transactionalId,
      producerId,
      producerEpoch,
    });
  } catch (error) {
    await cluster.disconnect().catch(() => undefined);
    throw error;
  }
}

/** Over connections that kafkajs makes; batches are encoded here, as kafkajs' own encoder is what bounds it. */
class KafkaProducer implements TransactionalProducer {
  /** The sequence number of each partition's next record. */
  private readonly sequences = new Map<string, number>();
  /** Partitions of the open transaction; empty where none is open. */
  private readonly added = new Set<string>();
  /** Whether the coordinator may know of an open transaction. */
  private mayBeOpen = false;
  private hasFailed = false;
  /** Requests with records of which it is not known whether a broker took them, or still will. */
  private unanswered = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly coordinator: string,
    private readonly own: {
      transactionalId: string;
      producerId: string;
      producerEpoch: number;
    },
  ) {}

  async prepare(
    topic: string,
    records: readonly ProducedRecord[],
    compression: "none" | "gzip",
  ): Promise<PreparedBatch> {
    const byPartition = grouped(records, ({ partition }) => partition);
    const packing = compression === "gzip" ? GZIP : undefined;
    // All are counted before anything is waited for, so that the next batch goes on behind this one.
    const encoding = [...byPartition].map(async ([partition, ofPartition]) => {
      const key = partitionKey(topic, partition);
      const firstSequence = this.sequences.get(key) ?? 0;
      this.sequences.set(
        key,
        (firstSequence + ofPartition.length) % SEQUENCE_NUMBERS,
      );
      const producer = {
        producerId: BigInt(this.own.producerId),
        producerEpoch: this.own.producerEpoch,
        firstSequence,
      };
      const encoded = await encodeRecordBatch(ofPartition, producer, packing);
      return [partition, encoded] as const;
    });
    return { topic, recordBatches: new Map(await Promise.all(encoding)) };
  }

  send({ topic, recordBatches }: PreparedBatch): Promise<void> {
    return this.once(async () => {
      await this.cluster.addTargetTopic(topic);
      await this.cluster.refreshMetadataIfNecessary();
      const partitions = [...recordBatches.keys()];
      const byLeader = this.cluster.findLeaderForPartitions(topic, partitions);
      const led = Object.values(byLeader).flat().length;
      if (led < partitions.length)
        throw new Error(
          `${topic} has ${led} of the partitions ${partitions.join(", ")}`,
        );
      await this.addPartitions(topic, partitions);
      // All of them are waited for: an abort that overtook one would leave it behind.
      const sent = await Promise.allSettled(
        Object.entries(byLeader).map(async ([nodeId, ofLeader]) =>
          this.produce(
            await this.cluster.findBroker({ nodeId }),
            topic,
            new Map(ofLeader.map((each) => [each, recordBatches.get(each)!])),
          ),
        ),
      );
      for (const each of sent)
        if (each.status === "rejected") throw each.reason;
    });
  }

  commit(): Promise<void> {
    return this.once(() => this.end(true));
  }

  async abort(): Promise<void> {
    this.hasFailed = true;
    // What was sent and not answered may still reach its broker, which would keep it for the next transaction of this epoch: a new attempt, or
    // Kafka after the transaction's time, ends this one with another epoch, by which the broker refuses it.
    if (this.unanswered === 0) await this.end(false);
  }

  disconnect(): Promise<void> {
    return this.cluster.disconnect();
  }

  /** Does what must not be tried again. */
  private async once(work: () => Promise<void>): Promise<void> {
    if (this.hasFailed)
      throw new Error("this producer has failed, and another one takes over");
    try {
      await work();
    } catch (error) {
      this.hasFailed = true;
      if (isFenced(error))
        throw new Error(
          `a newer producer has taken ${this.own.transactionalId} over, or Kafka has ended a transaction that was open for too long`,
          { cause: error },
        );
      throw error;
    }
  }

  /** Tells the coordinator which partitions the transaction will have to end. It can be told again and again. */
  private async addPartitions(
    topic: string,
    partitions: number[],
  ): Promise<void> {
    const added = partitions.filter(
      (each) => !this.added.has(partitionKey(topic, each)),
    );
    if (added.length === 0) return;
    const until = Date.now() + BEGIN_TIMEOUT_MS;
    this.mayBeOpen = true;
    for (;;)
      try {
        const coordinator = await this.coordinatorBroker();
        await coordinator.addPartitionsToTxn({
          ...this.own,
          topics: [{ topic, partitions: added }],
        });
        break;
      } catch (error) {
        if (!isBusy(error) || Date.now() > until) throw error;
        await setTimeout(BEGIN_PAUSE_MS);
      }
    for (const each of added) this.added.add(partitionKey(topic, each));
  }

  private async produce(
    leader: Broker,
    topic: string,
    recordBatches: ReadonlyMap<number, Buffer>,
  ): Promise<void> {
    this.unanswered++;
    const produced = await ask(leader, {
      api: PRODUCE,
      name: "Produce",
      bytes: encodeProduceRequest(
        this.own.transactionalId,
        REPLICAS_TIMEOUT_MS,
        topic,
        recordBatches,
      ),
      decode: decodeProduceResponse,
    });
    this.unanswered--;
    if (!produced) throw new Error("the broker is older than Kafka 0.11");
    for (const { partition, errorCode } of produced)
      if (errorCode !== 0) throw refusal(`${topic}/${partition}`, errorCode);
    if (produced.length < recordBatches.size)
      throw new Error(
        `Kafka answered for ${produced.length} of ${recordBatches.size} partitions of ${topic}`,
      );
  }

  private async end(transactionResult: boolean): Promise<void> {
    if (!this.mayBeOpen) return;
    const coordinator = await this.coordinatorBroker();
    await coordinator.endTxn({ ...this.own, transactionResult });
    this.added.clear();
    this.mayBeOpen = false;
  }

  /** Asked for each time, as brokers close connections over which nothing has come for long. */
  private coordinatorBroker(): Promise<Broker> {
    return this.cluster.findBroker({ nodeId: this.coordinator });
  }
}
