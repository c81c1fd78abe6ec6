import type { Missing } from "../activities/missing";
import type { HourRange } from "../domain/hour";
import { archiveHost } from "./activities";

export type Search = {
  topics: { topic: string; schema: string; lostOffsets: number }[];
  range: HourRange;
  /** The first of them reaches MySQL, Kafka and HDFS, too. */
  queues: string[];
};

/** Collects what every source has and what is held, then joins it. */
export async function search({
  topics,
  range,
  queues,
}: Search): Promise<Missing> {
  const main = archiveHost(queues[0]!).long;
  const searched = {
    topics: topics.map(({ topic, schema }) => ({ topic, schema })),
    range,
  };
  const [held, ...sources] = await Promise.all([
    main.collectHeld(searched),
    ...queues.map((q) => archiveHost(q).long.collectArchive(searched)),
    main.collectMysql(searched),
  ]);
  return main.joinMissing({
    topics,
    held: held!.ref,
    sources: sources.map((s) => s.ref),
  });
}
