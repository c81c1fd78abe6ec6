import type { HourRange } from "../../lib/hour";
import type { Missing } from "../../domain/backfill/missing";
import { archiveHost } from "../support/activities";

export type Search = {
  topics: { topic: string; schema: string; lostOffsets: number }[];
  range: HourRange;
  /** The task queue of each host that has an archive; the first host reaches MySQL, Kafka and HDFS, too. */
  queues: string[];
  /** References to what was collected from the archives before, for a shard of a large saga; default: the search collects it. */
  archives?: string[];
  /** The fraction of a worker's memory that the join may use, where several searches run at the same time; default: all of it. */
  share?: number;
};

/**
 * Reads each host's archive once for all shards of a search. Lines of a topic lie in the bucket of the topic's shard.
 * @returns for each shard the references of its buckets, one of each host
 */
export async function collectArchives(
  shards: Search["topics"][],
  { range, queues }: Pick<Search, "range" | "queues">,
): Promise<string[][]> {
  const topics = shards.flatMap((shard, bucket) =>
    shard.map(({ topic, schema }) => ({ topic, schema, bucket })),
  );
  const hosts = await Promise.all(
    queues.map((queue) =>
      archiveHost(queue).long.collectArchive({
        topics,
        range,
        buckets: shards.length,
      }),
    ),
  );
  return shards.map((_, bucket) => hosts.map(({ refs }) => refs[bucket]!));
}

/**
 * Collects the candidates of every source and the held events, those that Kafka or a raw hour has, and joins them: a candidate that is not
 * held is missing.
 */
export async function search(wanted: Search): Promise<Missing> {
  const { range, queues } = wanted;
  const main = archiveHost(queues[0]!).long;
  const topics = wanted.topics.map(({ topic, schema }) => ({ topic, schema }));
  const [held, mysql, ...archives] = await Promise.all([
    main.collectHeld({ topics, range }),
    main.collectMysql({ topics, range }),
    ...(wanted.archives
      ? []
      : queues.map((queue) =>
          archiveHost(queue).long.collectArchive({ topics, range }),
        )),
  ]);
  return main.joinMissing({
    topics: wanted.topics,
    held: held!.ref,
    sources: [
      ...(wanted.archives ?? archives.map(({ ref }) => ref)),
      mysql!.ref,
    ],
    ...(wanted.share ? { share: wanted.share } : {}),
  });
}
