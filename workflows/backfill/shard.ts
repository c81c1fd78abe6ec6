import type { GivenStarts } from "../../domain/backfill/replay-starts";
import type { HourRange } from "../../lib/hour";
import type { MissingTopic } from "../../domain/backfill/missing";
import type { PlannedTopic } from "../../domain/backfill/plan";
import { archiveHost, bulk } from "../support/activities";
import { goBy, nameSaga } from "../support/saga-name";
import { type Search, search } from "./search";
import { noResults, searchResults, type ShardResults } from "./shard-results";

/** One step for some topics of a large saga: the input of the workflow `backfillShard`. */
export type Shard = {
  /** The shard's workflow id. */
  id: string;
  /**
   * What names all that the shard stores and produces: a topic stays in its shard when a step is tried again, also when others were skipped
   * meanwhile. Absent in sagas that began before they were named by their run: the id names it there.
   */
  saga?: string;
  /** The digest of the configuration that the saga goes by. */
  config?: string;
} & (
  | ({ step: "find missing" } & Search)
  /** The same of a plan that leaves something out. A worker of before does nothing at such a step, and what it answers is refused. */
  | ({ step: "find chosen" } & Search & { planRef: string })
  | {
      step: "replay";
      topics: MissingTopic[];
      /** Where each Kafka partition ended before the replay. */
      starts: GivenStarts;
      /** The fraction of the allowed rate of events that it may use. */
      share: number;
    }
  | {
      step: "verify";
      archiveQueue: string;
      planRef: string;
      topics: PlannedTopic[];
      missing: MissingTopic[];
      range: HourRange;
      asOf: string;
      /** The fraction of the sample of partitions that it compares field by field. */
      share: number;
    }
);

/** Does one step for some topics: a workflow of its own, so that the saga's history stays short. */
export async function backfillShard(shard: Shard): Promise<ShardResults> {
  if (shard.saga !== undefined) nameSaga(shard.saga);
  goBy(shard.config);
  switch (shard.step) {
    case "find missing":
    case "find chosen":
      return searchResults(await search(shard));
    case "replay": {
      const { step: _, id: __, saga: ___, config: ____, ...input } = shard;
      return { ...noResults(), replayed: await bulk.replay(input) };
    }
    case "verify": {
      const {
        step: _,
        id: __,
        saga: ___,
        config: ____,
        archiveQueue,
        ...input
      } = shard;
      return {
        ...noResults(),
        verified: await archiveHost(archiveQueue).long.verify(input),
      };
    }
  }
}
