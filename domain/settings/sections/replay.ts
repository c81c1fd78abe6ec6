import { z } from "zod";
import { DAY_MS, HOUR_MS } from "../../../lib/hour";

export const replay = z
  .strictObject({
    eventsPerSecond: z
      .number()
      .positive()
      .default(500)
      .describe(
        "Events a second of a whole saga. Of all four rates the one counts that is reached first.",
      ),
    bytesPerSecond: z
      .number()
      .positive()
      .default(5_000_000)
      .describe("Bytes a second of a whole saga."),
    topicEventsPerSecond: z
      .number()
      .positive()
      .optional()
      .describe("Events a second of each topic; without it as overall."),
    topicBytesPerSecond: z
      .number()
      .positive()
      .optional()
      .describe("Bytes a second of each topic; without it as overall."),
    batchEvents: z
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe(
        "Events that are sent at once at most. At the default rates a batch is followed by a pause of two seconds, and so is a transaction of its own.",
      ),
    batchBytes: z
      .int()
      .min(1000)
      .default(900_000)
      .describe(
        "Bytes that are sent at once at most, before compression, with 200 of each event for its headers; keep it below the topics' `max.message.bytes`. A single event that is larger is sent by itself.",
      ),
    transactionBytes: z
      .int()
      .min(1000)
      .default(5_000_000)
      .describe(
        "Bytes in one transaction, about, counted as in `batchBytes`: it ends with the batch that reaches them, and so holds one batch where this is the smaller.",
      ),
    transactionMs: z
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe(
        "After so many milliseconds a transaction is committed, behind the batch that is being sent: readers of committed records wait that long. At most ten seconds, as Kafka aborts it after thirty.",
      ),
    compression: z
      .enum(["none", "gzip"])
      .default("gzip")
      .describe("How the replayed batches are compressed."),
    holdRetentionMs: z
      .int()
      .min(HOUR_MS)
      .default(90 * DAY_MS)
      .describe(
        "The topics' `retention.ms` while a saga replays, in milliseconds; 7776000000 are 90 days. A saga that must reach further back sets more.",
      ),
  })
  .prefault({})
  .describe("How missing events are produced again.");
