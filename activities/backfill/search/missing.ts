import type { Config } from "../../../domain/settings/config";
import type { HourRange } from "../../../lib/hour";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import type { createCollectActivities } from "./collect";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import type { Submitter } from "../submitter";
import { mergeRows } from "../../../domain/backfill/mysql-rows";
import type { Collected, Missing } from "../../../domain/backfill/missing";
import type { SearchedSources } from "../../../domain/backfill/searched-sources";
import { eventReaderOf } from "../../../domain/settings/event-reader";
import { archiveHostsOf } from "../../../domain/settings/task-queues";
import { sagaPlaces } from "../../../clients/storage-layout";
import { heartbeatWhile } from "../../heartbeat-while";
import { repairedByPlan } from "../planned-hours";
import { sagaId } from "../saga-id";
import { collectHeldSince, type HeldKafka } from "./collect-held";
import { joinOnSpark } from "./join-on-spark";
import { joinOnWorker } from "./join-on-worker";
import { engineMb } from "./search-tables";
import { type LossyTopic, storeMissing } from "./store-missing";

/** Unreadable lines that an answer names; of more it gives the number. */
const MAX_NAMED = 20;

type MissingDeps = {
  config: Config;
  hdfs: Hdfs;
  kafka: HeldKafka;
  storage: Storage;
  submitter: Submitter;
};

type JoinInput = {
  topics: LossyTopic[];
  /** Reference of what Kafka and raw hours hold. */
  held: string;
  /** References of what the archives and MySQL have, one for each source. */
  sources: string[];
  /** The fraction (0 to 1) of `search.memoryMb` that this join may take, where several run side by side; default 1. */
  share?: number;
};

/** What a saga that leaves broken hours as they are names besides: the plan, which says which. */
type ByChoice = { planRef: string };

/**
 * Finding what was lost: the events that the archives and MySQL have, without those that Kafka or a raw hour holds. An event is known by
 * its topic and uuid.
 */
export function createMissingActivities(
  deps: MissingDeps,
  collect: ReturnType<typeof createCollectActivities>,
) {
  const { config, hdfs, storage } = deps;
  const reader = eventReaderOf(config);

  /** What was asked, of all that the configuration names. Undefined where a worker before 0.3.0 has collected: it does not name its host. */
  function sourcesAsked(sources: Collected[]): SearchedSources | undefined {
    const archives = sources.flatMap(({ host, files }) =>
      host === undefined ? [] : [{ host, files: files.length }],
    );
    // All sources but MySQL are archives.
    if (archives.length !== sources.length - 1) return undefined;
    const asked = new Set(archives.map(({ host }) => host));
    return {
      archives,
      notAsked: archiveHostsOf(config).filter((host) => !asked.has(host)),
      mysql: config.mysql !== undefined,
    };
  }

  /** What was held when it was collected, and what has come since. A worker before 0.3.0 does not say up to where it has read. */
  async function heldByNow(
    { topics }: JoinInput,
    held: Collected,
    sources: Collected[],
  ): Promise<Collected> {
    if (held.ends === undefined) return held;
    const { ends, topicIds = {} } = held;
    const since = await collectHeldSince(deps, topics, { ends, topicIds });
    // Archives have left out what was held then, and MySQL often has nothing: all of it need not be read once more.
    const isLeftOut = sources.every(
      ({ lines, heldLeftOut = [] }) =>
        lines === 0 || held.refs.every((ref) => heldLeftOut.includes(ref)),
    );
    if (isLeftOut) return { ...held, ...since };
    return {
      ...held,
      refs: [...held.refs, ...since.refs],
      lines: held.lines + since.lines,
    };
  }

  /** Joins what was collected and stores what is missing: on Spark where it is configured and the input is large, else on this worker. */
  async function joinAndStore(
    id: string,
    input: JoinInput & Partial<ByChoice>,
    held: Collected,
    sources: Collected[],
  ): Promise<Missing> {
    const { spark, sparkFromLines } = config.search;
    const lines = sources.reduce((sum, s) => sum + s.lines, held.lines);
    const useSpark = spark !== undefined && lines >= sparkFromLines;
    const missingEvents = useSpark
      ? joinOnSpark(
          deps,
          spark,
          id,
          held.refs,
          sources.flatMap((source) => source.refs),
        )
      : joinOnWorker(hdfs, {
          topics: input.topics,
          held,
          sources,
          memoryMb: engineMb(config, input.share),
          idType: reader.engine.idType,
        });
    const unreadable = sources.flatMap((source) => source.unreadable);
    const asked = sourcesAsked(sources);
    const mysqlRows = mergeRows(sources.map((source) => source.mysqlRows));
    const stored = await storeMissing(
      storage,
      id,
      input.topics,
      missingEvents,
      input.planRef === undefined
        ? undefined
        : await repairedByPlan(storage, input.planRef),
      reader,
    );
    return {
      topics: stored.map((topic) => {
        const replayedBefore = held.replayed?.[topic.topic];
        return replayedBefore ? { ...topic, replayedBefore } : topic;
      }),
      files: sources.flatMap((source) => source.files),
      unreadable: unreadable.length,
      unreadableNamed: unreadable.slice(0, MAX_NAMED),
      ...(mysqlRows ? { mysqlRows } : {}),
      ...(asked ? { sources: asked } : {}),
      joinedBy: useSpark ? "Spark" : "worker",
    };
  }

  /**
   * The first answer of a saga is recorded and counts from then on: a second search, after the replay has begun, would find some of the
   * missing events in Kafka and take them for events that were never lost.
   */
  async function join(input: JoinInput & Partial<ByChoice>): Promise<Missing> {
    const id = sagaId();
    const place = sagaPlaces(id).missing;
    const recorded = await storage.read(place);
    if (recorded !== undefined) return recorded;
    const sources = await Promise.all(
      input.sources.map((ref) => storage.readRef<Collected>(ref)),
    );
    const held = await heldByNow(
      input,
      await storage.readRef<Collected>(input.held),
      sources,
    );
    // A query of DuckDB over much says nothing until it has ended.
    const found = await heartbeatWhile(
      () => joinAndStore(id, input, held, sources),
      () => "joining",
    );
    return storage.recordOnce(place, found);
  }

  return {
    /** Joins what was collected, once for each saga. @returns what is missing; the events themselves lie in storage */
    joinMissing: (input: JoinInput): Promise<Missing> => join(input),
    /**
     * The same without the events of hours that the plan leaves out. It has a name of its own: a worker of before would take no notice of the
     * plan, and its answer would be replayed whole.
     */
    joinByChoice: (input: JoinInput & ByChoice): Promise<Missing> =>
      join(input),
    /** The whole search in one activity, as sagas that began under version 0.1.0 call it. It knows the archive of this host only. */
    async findMissing(input: {
      topics: PlannedTopic[];
      range: HourRange;
    }): Promise<Missing> {
      const { ref: held } = await collect.collectHeld(input);
      const { ref: mysql } = await collect.collectMysql(input);
      const { ref: archive } = await collect.collectArchive({
        ...input,
        held: [held],
      });
      return join({
        topics: input.topics,
        held,
        sources: [archive, mysql],
      });
    },
  };
}
