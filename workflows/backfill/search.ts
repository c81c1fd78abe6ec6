import type { HourRange } from "../../lib/hour";
import type { Missing } from "../../domain/backfill/missing";
import { archiveHost } from "../support/activities";
import { changedBy } from "../support/patches";

export type Search = {
  topics: { topic: string; schema: string; lostOffsets: number }[];
  range: HourRange;
  /** The task queue of each host that has an archive; every host reaches HDFS, and the first one also MySQL and Kafka. */
  queues: string[];
  /** The task queue of who does all else, where no host has an archive. */
  main?: string;
  /** References to what was collected from the archives before, for a shard of a large saga; default: the search collects it. */
  archives?: string[];
  /** A reference to what Kafka and raw hours hold, for such a shard likewise; absent before 0.3.0. */
  held?: string;
  /** The fraction of a worker's memory that the join may use, where several searches run at the same time; default: all of it. */
  share?: number;
  /** The plan, where it leaves broken hours as they are: their events are not replayed. */
  planRef?: string;
};

/**
 * Collects what Kafka and raw hours hold of each shard of a search, and then reads each host's archive once for all of them. Lines of a topic
 * lie in the bucket of the topic's shard.
 */
export async function collectForShards(
  shards: Search["topics"][],
  { range, queues, main }: Pick<Search, "range" | "queues" | "main">,
): Promise<Pick<Search, "archives" | "held">[]> {
  const held = changedBy("held-first")
    ? await Promise.all(
        shards.map((shard) =>
          archiveHost(mainOf({ queues, main })).long.collectHeld({
            topics: shard.map(({ topic, schema }) => ({ topic, schema })),
            range,
          }),
        ),
      )
    : undefined;
  const topics = shards.flatMap((shard, bucket) =>
    shard.map(({ topic, schema }) => ({ topic, schema, bucket })),
  );
  const hosts = await Promise.all(
    queues.map((queue) =>
      archiveHost(queue).long.collectArchive({
        topics,
        range,
        buckets: shards.length,
        ...(held ? { held: held.map(({ ref }) => ref) } : {}),
      }),
    ),
  );
  return shards.map((_, bucket) => ({
    archives: hosts.map(({ refs }) => refs[bucket]!),
    ...(held ? { held: held[bucket]!.ref } : {}),
  }));
}

/** Who collects what Kafka, raw hours and MySQL have, and joins all. */
const mainOf = ({ queues, main }: Pick<Search, "queues" | "main">): string =>
  main ?? queues[0]!;

/** A reference for each source. */
type Collected = { archives: string[]; held: string; mysql: string };

/**
 * Collects the candidates of every source and the held events, those that Kafka or a raw hour has, and joins them: a candidate that is not
 * held is missing.
 */
export async function search(wanted: Search): Promise<Missing> {
  const { archives, held, mysql } = await collect(wanted);
  const { planRef, share, topics } = wanted;
  const { joinByChoice, joinMissing } = archiveHost(mainOf(wanted)).long;
  const input = {
    topics,
    held,
    sources: [...archives, mysql],
    ...(share ? { share } : {}),
  };
  return planRef === undefined
    ? joinMissing(input)
    : joinByChoice({ ...input, planRef });
}

async function collect(wanted: Search): Promise<Collected> {
  const { range, queues } = wanted;
  const main = archiveHost(mainOf(wanted)).long;
  const topics = wanted.topics.map(({ topic, schema }) => ({ topic, schema }));
  const collectHeldAndMysql = async () => {
    const [held, mysql] = await Promise.all([
      wanted.held === undefined
        ? main.collectHeld({ topics, range })
        : { ref: wanted.held },
      main.collectMysql({ topics, range }),
    ]);
    return { held: held.ref, mysql: mysql.ref };
  };
  const collectArchives = async (held?: string[]) =>
    (
      await Promise.all(
        queues.map((queue) =>
          archiveHost(queue).long.collectArchive({
            topics,
            range,
            ...(held ? { held } : {}),
          }),
        ),
      )
    ).map(({ ref }) => ref);
  if (wanted.archives)
    return { archives: wanted.archives, ...(await collectHeldAndMysql()) };
  if (changedBy("held-first")) {
    const both = await collectHeldAndMysql();
    return { ...both, archives: await collectArchives([both.held]) };
  }
  const [both, archives] = await Promise.all([
    collectHeldAndMysql(),
    collectArchives(),
  ]);
  return { ...both, archives };
}
