import { sleep } from "@temporalio/activity";
import { fatal, OwnFault } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import { isPassing } from "../../clients/kafka/produce-errors";
import {
  type PreparedBatch,
  type TransactionalProducer,
} from "../../clients/kafka/transactional-producer";
import { replayHeaders } from "../../domain/backfill/replay-headers";
import type { Config } from "../../domain/settings/config";
import type { FoundEvent } from "./search/read-missing";

/** How often, and how long apart, a new attempt tries to take over from an older one whose transaction is still being ended. */
const FENCING_RETRIES = 100;
const FENCING_PAUSE_MS = 100;

/** The broker aborts a transaction that has been open for so long, and readers of committed records get further. */
const TRANSACTION_TIMEOUT_MS = 30_000;

/** An event that is to be produced. */
export type OutgoingEvent = {
  event: FoundEvent["event"];
  /** Its index in its topic's list of missing events. */
  index: number;
  /** The event as JSON: what the message holds. */
  value: string;
};

/** Events of one topic that are sent at once, and about how many bytes their messages take before compression. */
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
  /** Those of some topics on which the saga has ended its work, or which it has lost. */
  mayNotReplay: (topics: readonly string[]) => Promise<string[]>;
  /** Told of each batch once it is committed. */
  onCommitted?: (batch: OutgoingBatch) => void;
};

/**
 * A saga's transactions, one after the other, bounded by bytes and time: all of what one holds is in Kafka once it is committed, or none that
 * a reader of committed records sees. After a failure nothing more can be sent: what is not known to be committed, the next attempt finds
 * by its read-back.
 * Each event's partition follows from its index, so that it does not depend on where an attempt cuts its batches.
 */
export class ReplayTransactions {
  /** What the open transaction holds; none is open where it is empty. */
  private readonly batches: OutgoingBatch[] = [];
  private readonly topics = new Set<string>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  /** What is under way, one thing after the other. */
  private doing: Promise<void> = Promise.resolve();
  /** What was under way before the last batch. */
  private before: Promise<void> = Promise.resolve();

  constructor(
    private readonly producer: TransactionalProducer,
    private readonly options: TransactionOptions,
  ) {}

  /**
   * Sends a batch once those before have been sent: one may be on its way while this one is encoded. What is enough for a transaction is
   * committed after it. A failure is told by a call that follows.
   * @throws ApplicationFailure "Fenced", not to be retried, where the saga may not replay any more
   * @throws Error where Kafka refuses, as where a newer attempt has taken over. Whatever an attempt that is superseded throws, nobody hears
   */
  async send(topic: string, batch: OutgoingBatch): Promise<void> {
    await this.before;
    this.before = this.doing;
    const prepared = this.prepare(topic, batch);
    // It is told as the batch is sent.
    prepared.catch(() => undefined);
    this.enqueue(async () => this.produce(topic, batch, await prepared));
  }

  /** Commits what was sent. @throws as {@link send} */
  async commit(): Promise<void> {
    this.enqueue(() => this.end());
    await this.doing;
  }

  /** Takes back what is not committed. */
  async abort(): Promise<void> {
    // An abort that overtook a batch would leave it behind.
    await this.doing.catch(() => undefined);
    // The last of them may have set it.
    clearTimeout(this.timer);
    await this.producer.abort().catch(() => undefined);
  }

  /** Does something after all that is under way; where that fails, nothing. */
  private enqueue(work: () => Promise<void>): void {
    this.doing = this.doing.then(work);
    // Whoever waits for it is told.
    this.doing.catch(() => undefined);
  }

  private async prepare(
    topic: string,
    { items }: OutgoingBatch,
  ): Promise<PreparedBatch> {
    const { sagaId, compression } = this.options;
    const partitions = this.options.partitionsOf(topic) ?? 1;
    return this.producer.prepare(
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
  }

  private async produce(
    topic: string,
    batch: OutgoingBatch,
    prepared: PreparedBatch,
  ): Promise<void> {
    const { transactionBytes, transactionMs } = this.options;
    if (this.batches.length === 0) {
      // Whatever the next batch waits for: readers of committed records wait for this transaction.
      this.timer = setTimeout(
        () => void this.endInTime(),
        transactionMs,
      ).unref();
    }
    this.batches.push(batch);
    this.topics.add(topic);
    this.bytes += batch.bytes;
    await this.producer.send(prepared);
    if (this.bytes >= transactionBytes) await this.end();
  }

  /** Commits the open transaction when its time has come. Where that fails it is taken back at once: the next batch may be due in minutes. */
  private async endInTime(): Promise<void> {
    this.enqueue(() => this.end());
    await this.doing.catch(() => this.abort());
  }

  /** Commits the open transaction, if there is one. */
  private async end(): Promise<void> {
    clearTimeout(this.timer);
    if (this.batches.length === 0) return;
    const { sagaId, mayNotReplay, onCommitted } = this.options;
    // Asked between the two: whoever searches Kafka after that waits for a transaction that has sent already, so that an attempt
    // which freezes here is seen, and one which froze before lands nothing any more.
    const lost = await mayNotReplay([...this.topics]);
    if (lost.length > 0)
      throw fatal(
        "Fenced",
        `${sagaId} has ended its work on ${lost.join(", ")}, or another saga holds it`,
      );
    await this.producer.commit();
    const committed = this.batches.splice(0);
    this.topics.clear();
    this.bytes = 0;
    for (const batch of committed) onCommitted?.(batch);
  }
}

/** @throws Error where an event has no time, which no missing event that was stored lacks */
function timeOf({ uuid, ms }: OutgoingEvent["event"]): number {
  if (ms === undefined) throw new OwnFault(`event ${uuid} has no time`);
  return ms;
}
