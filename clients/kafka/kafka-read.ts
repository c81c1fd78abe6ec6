import { randomUUID } from "node:crypto";
import { calling } from "../errors";
import type { Kafka } from "./kafka";
import { partitionKey } from "../../lib/keys";

export type Range = { partition: number; from: string; to: string };
export type Message = {
  topic: string;
  partition: number;
  offset: string;
  value: Buffer | null;
  headers: Record<string, string>;
};

/** Without a batch for so long, the ends are not going to be reached. */
const SILENT_SECONDS = 120;

/** Reads offset ranges of several topics, committed records only, however long that takes. @throws when nothing comes for two minutes */
export async function readRanges(
  kafka: Kafka,
  ranges: Map<string, Range[]>,
  each: (message: Message) => Promise<void> | void,
  beat: () => void = () => undefined,
): Promise<void> {
  const left = new Map<string, { to: bigint }>();
  for (const [topic, parts] of ranges) {
    for (const p of parts)
      if (BigInt(p.from) < BigInt(p.to))
        left.set(partitionKey(topic, p.partition), { to: BigInt(p.to) });
  }
  if (left.size === 0) return;
  const topics = [...ranges.keys()];
  const groupId = `sisyphus-read-${randomUUID()}`;
  const consumer = kafka.js.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    readUncommitted: false,
  });
  await calling("Kafka", kafka.brokers.join(","), async () => {
    await consumer.connect();
    try {
      await consumer.subscribe({ topics, fromBeginning: true });
      await new Promise<void>((done, fail) => {
        const timer = setTimeout(
          () =>
            fail(
              new Error(
                `reading ${topics.length} topics: nothing came for ${SILENT_SECONDS} s; not read: ${[...left.keys()].join(", ")}`,
              ),
            ),
          SILENT_SECONDS * 1000,
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
          const id = partitionKey(payload.topic, payload.partition);
          const end = left.get(id);
          if (end && BigInt(payload.lastOffset) + 1n >= end.to) left.delete(id);
          if (left.size === 0) finish();
        });
        void consumer
          .run({
            autoCommit: false,
            eachBatch: async ({ batch }) => {
              beat();
              timer.refresh();
              const range = ranges
                .get(batch.topic)
                ?.find((p) => p.partition === batch.partition);
              if (!range) return;
              for (const m of batch.messages) {
                const offset = BigInt(m.offset);
                if (offset < BigInt(range.from) || offset >= BigInt(range.to))
                  continue;
                await each({
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
                if (left.has(partitionKey(topic, p.partition)))
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
      await kafka
        .on((admin) => admin.deleteGroups([groupId]))
        .catch(() => undefined);
    }
  });
}
