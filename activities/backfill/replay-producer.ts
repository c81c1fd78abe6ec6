import { heartbeat, sleep } from "@temporalio/activity";
import { CompressionTypes, KafkaJSError, type Producer } from "kafkajs";
import { fatal } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import { replayHeaders } from "../../domain/backfill/replay-headers";
import type { Config } from "../../domain/settings/config";
import type { EventCapsule } from "../../formats/eventlogging/event-capsule";
import { capsuleTime } from "../../formats/eventlogging/event-time";

/** How often, and how long apart, a new attempt tries to take over from an older one whose transaction is still being ended. */
const FENCING_RETRIES = 20;
const FENCING_PAUSE_MS = 500;

/** After this time without a word from its producer the broker aborts a transaction, and readers of committed records get further. */
const TRANSACTION_TIMEOUT_MS = 30_000;

/** An event that is to be produced. */
export type OutgoingEvent = {
  event: EventCapsule;
  /** Its index in its topic's list of missing events. */
  index: number;
  /** The event as JSON: what the message holds. */
  value: string;
};

/**
 * Connects the saga's transactional producer. From then on the producer of every older attempt is fenced: the broker refuses what it
 * sends, and has aborted what it had not committed. Close it with `disconnect`.
 */
export async function connectReplayProducer(
  kafka: Pick<Kafka, "js">,
  sagaId: string,
): Promise<Producer> {
  const producer = kafka.js.producer({
    idempotent: true,
    transactionalId: `sisyphus-${sagaId}`,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
  });
  await producer.connect();
  for (let retries = 0; ; retries++) {
    try {
      // An empty transaction can begin only once the coordinator has ended the older attempt's transaction.
      const empty = await producer.transaction();
      await empty.abort();
      return producer;
    } catch (error) {
      if (retries === FENCING_RETRIES) throw error;
      heartbeat({ fencing: retries });
      await sleep(FENCING_PAUSE_MS);
    }
  }
}

/** Whether the broker refused a producer because a newer one with its transactional id is there. */
function isFenced(error: unknown): boolean {
  if (!(error instanceof KafkaJSError)) return false;
  const { type } = error as KafkaJSError & { type?: string };
  return type === "INVALID_PRODUCER_EPOCH" || type === "PRODUCER_FENCED";
}

/**
 * Produces a batch of events in one transaction: all of them are in Kafka afterwards, or none that a reader of committed records sees.
 * Each event's partition follows from its index. Left to kafkajs, a batch of which a part was refused would be spread anew when it is sent
 * again, and what had been taken would be there twice.
 * @param options `partitions`: how many the topic has; one where that is not known; `mayNotReplay`: whether the saga has ended its work on the topic, or lost it
 * @throws ApplicationFailure "Fenced", not to be retried, where a newer attempt has taken over, or the saga may not replay any more
 */
export async function sendBatch(
  producer: Producer,
  sagaId: string,
  topic: string,
  events: OutgoingEvent[],
  {
    compression,
    partitions = 1,
    mayNotReplay = async () => false,
  }: {
    compression: Config["replay"]["compression"];
    partitions?: number | undefined;
    mayNotReplay?: () => Promise<boolean>;
  },
): Promise<void> {
  const transaction = await producer.transaction();
  try {
    await transaction.send({
      topic,
      acks: -1,
      compression:
        compression === "gzip" ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: events.map(({ event, index, value }) => ({
        value,
        partition: index % partitions,
        // The event's own time, as eventlogging-consumer sets it: the importer writes it into the hour that it was lost from.
        timestamp: String(capsuleTime(event)),
        headers: replayHeaders(sagaId, index, event.uuid),
      })),
    });
    // Asked between the two: whoever searches Kafka after that waits for a transaction that has sent already, so that an attempt
    // which freezes here is seen, and one which froze before lands nothing any more.
    if (await mayNotReplay())
      throw fatal(
        "Fenced",
        `${sagaId} has ended its work on ${topic}, or another saga holds it`,
      );
    await transaction.commit();
  } catch (error) {
    await transaction.abort().catch(() => undefined);
    if (isFenced(error))
      throw fatal(
        "Fenced",
        `a newer attempt of ${sagaId} has taken over the replay`,
      );
    throw error;
  }
}
