import type { HourRange } from "../../lib/hour";
import { archiveHost } from "../support/activities";
import type { Missing } from "../../domain/backfill/missing";

export type Search = {
  topics: { topic: string; schema: string; lostOffsets: number }[];
  range: HourRange;
  /** The first of them reaches MySQL, Kafka and HDFS, too. */
  queues: string[];
  /** What was collected from the archives already, for a shard of a large saga. */
  archives?: string[];
  /** Of a worker's memory for the join, where several are at it. */
  share?: number;
};

const searchedOf = ({ topics, range }: Pick<Search, "topics" | "range">) => ({
  topics: topics.map(({ topic, schema }) => ({ topic, schema })),
  range,
});

/** Reads each host's archive once for all shards. @returns each shard's references, a host each */
export async function collectArchives(
  shards: Search["topics"][],
  { range, queues }: Pick<Search, "range" | "queues">,
): Promise<string[][]> {
  const topics = shards.flatMap((part, bucket) =>
    part.map(({ topic, schema }) => ({ topic, schema, bucket })),
  );
  const hosts = await Promise.all(
    queues.map((q) =>
      archiveHost(q).long.collectArchive({
        topics,
        range,
        buckets: shards.length,
      }),
    ),
  );
  return shards.map((_, bucket) => hosts.map((h) => h.refs[bucket]!));
}

/** Collects what every source has and what is held, then joins it. */
export async function search(s: Search): Promise<Missing> {
  const main = archiveHost(s.queues[0]!).long;
  const searched = searchedOf(s);
  const [held, mysql, ...archives] = await Promise.all([
    main.collectHeld(searched),
    main.collectMysql(searched),
    ...(s.archives
      ? []
      : s.queues.map((q) => archiveHost(q).long.collectArchive(searched))),
  ]);
  return main.joinMissing({
    topics: s.topics,
    held: held!.ref,
    sources: [...(s.archives ?? archives.map((a) => a.ref)), mysql!.ref],
    ...(s.share ? { share: s.share } : {}),
  });
}
