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
      .describe("Events that are sent at once at most."),
    batchBytes: z
      .int()
      .min(1000)
      .default(900_000)
      .describe(
        "Bytes of events that are sent at once at most; keep it below the topics' `max.message.bytes`.",
      ),
    transactionBytes: z
      .int()
      .min(1000)
      .default(5_000_000)
      .describe(
        "Bytes in one transaction, about: it ends with the batch that reaches them.",
      ),
    transactionMs: z
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe(
        "How long a transaction stays open, in milliseconds: readers of committed records wait for it. What is under way then is still part of it.",
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
