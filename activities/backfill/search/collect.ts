import type { EventArchive } from "../../../clients/event-archive";
import type { EventMysql } from "../../../clients/mysql";
import { fatal } from "../../../clients/errors";
import type { Storage } from "../../../clients/storage";
import type {
  Collected,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import type { HourRange } from "../../../lib/hour";
import { endIfUnwanted } from "../../beat";
import { collectFromArchive } from "./collect-archive";
import { collectHeldUuids, type HeldDeps } from "./collect-held";
import { collectFromMysql } from "./collect-mysql";
import { SchemaShapes } from "./schema-shapes";
import { engineMb } from "./search-tables";
import { SearchUnits } from "./search-units";

type CollectDeps = HeldDeps & {
  archive: EventArchive;
  storage: Storage;
  /** A connection for one attempt, which chooses among replicas; absent where no MySQL is configured. */
  openMysql?: (() => EventMysql) | undefined;
};

type CollectInput = { topics: SearchedTopic[]; range: HourRange };

/**
 * Collecting what the search for missing events compares: candidates from the archive and from MySQL, and the uuids that Kafka and raw
 * hours hold. Each activity returns references of a `Collected`.
 */
export function createCollectActivities(deps: CollectDeps) {
  const units = new SearchUnits(deps.storage);
  return {
    /** Events of the topics in the range from the archive of this host. @returns a reference a bucket; `ref` is the first of them */
    async collectArchive(
      input: CollectInput & {
        /** How many buckets the topics name; default 1. */
        buckets?: number;
        /** References of what Kafka and raw hours hold: such events are left out. Default: all are given, and the join leaves them out. */
        held?: string[];
      },
    ): Promise<{ ref: string; refs: string[] }> {
      const { archive, config, hdfs, storage } = deps;
      if (!config.archive)
        throw fatal(
          "NotAllowed",
          "this worker's configuration has no archive to collect from",
        );
      const held = await Promise.all(
        (input.held ?? []).map((ref) => storage.readRef<Collected>(ref)),
      );
      const refs = await collectFromArchive(
        {
          archive,
          hdfs,
          // Its progress is told from outside.
          units: new SearchUnits(storage, endIfUnwanted),
          host: config.archive.host,
          memoryMb: engineMb(config),
        },
        { ...input, held },
      );
      return { ref: refs[0]!, refs };
    },
    /** Rows of the topics' tables in the range; none where no MySQL is configured. */
    async collectMysql(input: CollectInput): Promise<{ ref: string }> {
      const shapesOf = () => new SchemaShapes(deps, input.topics, input.range);
      return {
        ref: await collectFromMysql(deps.openMysql, units, shapesOf, input),
      };
    },
    /** The uuids that the topics' Kafka partitions and raw hours hold. */
    async collectHeld(input: CollectInput): Promise<{ ref: string }> {
      return { ref: await collectHeldUuids(deps, units, input) };
    },
  };
}
