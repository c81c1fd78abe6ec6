import { sleep } from "@temporalio/activity";
import { fatal } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import {
  FencedError,
  isPassing,
  type TransactionalProducer,
} from "../../clients/kafka/transactional-producer";
import { replayHeaders } from "../../domain/backfill/replay-headers";
import type { Config } from "../../domain/settings/config";
import type { EventCapsule } from "../../formats/eventlogging/event-capsule";
import { capsuleTime } from "../../formats/eventlogging/event-time";

/** How often, and how long apart, a new attempt tries to take over from an older one whose transaction is still being ended. */
const FENCING_RETRIES = 100;
const FENCING_PAUSE_MS = 100;

/** After this time without a word from its producer the broker aborts a transaction, and readers of committed records get further. */
const TRANSACTION_TIMEOUT_MS = 30_000;

/** An event that is to be produced. */
export type OutgoingEvent = {
  event: Pick<EventCapsule, "uuid" | "dt" | "timestamp">;
  /** Its index in its topic's list of missing events. */
  index: number;
  /** The event as JSON: what the message holds. */
  value: string;
};

/** Events of one topic that are sent at once, and the bytes of their values. */
export type OutgoingBatch = { items: OutgoingEvent[]; bytes: number };

/**
 * Connects the saga's transactional producer. From then on the producer of every older attempt is fenced: the broker refuses what it
 * sends, and has aborted what it had not committed. Close it with `disconnect`.
 */
export async function connectReplayProducer(
  kafka: Pick<Kafka, "transactionalProducer">,
  sagaId: string,
): Promise<TransactionalProducer> {
  for (let retries = 0; ; retries++) {
    try {
      return await kafka.transactionalProducer(`sisyphus-${sagaId}`, {
        transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      });
    } catch (error) {
      if (retries === FENCING_RETRIES || !isPassing(error)) throw error;
      await sleep(FENCING_PAUSE_MS);
    }
  }
}

export type TransactionOptions = Pick<
  Config["replay"],
  "compression" | "transactionBytes" | "transactionMs"
> & {
  sagaId: string;
  /** How many partitions a topic has; one where that is not known. */
  partitionsOf: (topic: string) => number | undefined;
  /** Whether the saga has ended its work on a topic, or lost it. */
  mayNotReplay: (topic: string) => Promise<boolean>;
  /** Told of each batch once it is committed. */
  onCommitted?: (batch: OutgoingBatch) => void;
};

/**
 * A saga's transactions, one after the other, bounded by bytes and time: all of what one holds is in Kafka once it is committed, or none that
 * a reader of committed records sees. After a failure nothing more can be sent: what is not known to be committed, the next attempt finds
 * by its read-back.
 * Each event's partition follows from its index, so that whoever produces it again would send it where it went.
 */
export class ReplayTransactions {
  /** What the open transaction holds; none is open where it is empty. */
  private readonly batches: OutgoingBatch[] = [];
  private readonly topics = new Set<string>();
  private bytes = 0;
  private began = 0;
  /** What is under way; the next batch is read and parsed meanwhile. */
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly producer: TransactionalProducer,
    private readonly options: TransactionOptions,
  ) {}

  /**
   * Sends a batch once the one before has been sent; what is enough for a transaction is committed after it. A failure is told by the call
   * that follows.
   * @throws ApplicationFailure "Fenced", not to be retried, where a newer attempt has taken over, or the saga may not replay any more
   */
  async send(topic: string, batch: OutgoingBatch): Promise<void> {
    await this.sent();
    if (this.batches.length === 0) this.began = Date.now();
    this.batches.push(batch);
    this.topics.add(topic);
    this.bytes += batch.bytes;
    this.sending = this.produce(topic, batch);
    // It is told by the next call.
    this.sending.catch(() => undefined);
  }

  /** Whether the open transaction would be open for too long at a time (epoch ms). */
  isOpenAt(time: number): boolean {
    const { transactionMs } = this.options;
    return this.batches.length > 0 && time >= this.began + transactionMs;
  }

  /** Commits what was sent. @throws as {@link send} */
  async commit(): Promise<void> {
    await this.sent();
    this.sending = this.end();
    await this.sent();
  }

  /** Takes back what is not committed. */
  async abort(): Promise<void> {
    // An abort that overtook a batch would leave it behind.
    await this.sending.catch(() => undefined);
    await this.producer.abort().catch(() => undefined);
  }

  private async produce(topic: string, { items }: OutgoingBatch) {
    const { sagaId, compression, transactionBytes } = this.options;
    const partitions = this.options.partitionsOf(topic) ?? 1;
    await this.producer.send(
      topic,
      items.map(({ event, index, value }) => ({
        value,
        partition: index % partitions,
        // The event's own time, as eventlogging-consumer sets it: the importer writes it into the hour that it was lost from.
        timestamp: timeOf(event),
        headers: replayHeaders(sagaId, index, event.uuid),
      })),
      compression,
    );
    if (this.bytes >= transactionBytes || this.isOpenAt(Date.now()))
      await this.end();
  }

  /** Commits the open transaction, if there is one. */
  private async end(): Promise<void> {
    if (this.batches.length === 0) return;
    const { sagaId, mayNotReplay, onCommitted } = this.options;
    // Asked between the two: whoever searches Kafka after that waits for a transaction that has sent already, so that an attempt
    // which freezes here is seen, and one which froze before lands nothing any more.
    for (const topic of this.topics)
      if (await mayNotReplay(topic))
        throw fatal(
          "Fenced",
          `${sagaId} has ended its work on ${topic}, or another saga holds it`,
        );
    await this.producer.commit();
    const committed = this.batches.splice(0);
    this.topics.clear();
    this.bytes = 0;
    for (const batch of committed) onCommitted?.(batch);
  }

  /** Waits for what is under way. */
  private async sent(): Promise<void> {
    try {
      await this.sending;
    } catch (error) {
      await this.abort();
      if (error instanceof FencedError)
        throw fatal(
          "Fenced",
          `a newer attempt of ${this.options.sagaId} has taken over the replay`,
        );
      throw error;
    }
  }
}

/** @throws Error where an event has no time, which no missing event that was stored lacks */
function timeOf(event: OutgoingEvent["event"]): number {
  const time = capsuleTime(event);
  if (time === undefined) throw new Error(`event ${event.uuid} has no time`);
  return time;
}
