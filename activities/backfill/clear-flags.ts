import { heartbeat } from "@temporalio/activity";
import { beat } from "../beat";
import type { FlagToClear, Plan } from "../../domain/backfill/plan";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { type RemovedFlag, sagaPlaces } from "../../clients/storage-layout";
import type { Config } from "../../domain/settings/config";
import { mapPool } from "../../lib/map-pool";
import { FlagsSetSince, watchFlags } from "./flags-set-since";
import { sagaId } from "./saga-id";

/** Flags that are moved at the same time. */
const WIDTH = 8;
/**
 * What is written to a flag's place aside where the flag was not there: the place is taken then, and an attempt that wakes up late
 * cannot move a flag there that Refine has set since.
 */
const NO_FLAG = "no flag was here\n";

/**
 * Taking away the flags that keep Refine from planned hours, and putting them back.
 *
 * A flag is moved aside, to a place in storage that belongs to this flag alone, and not copied and deleted. A move to a name that is
 * taken fails, so of all attempts, however late one wakes up, a single one can move it.
 */
export function createFlagActivities({
  config,
  hdfs,
  storage,
}: {
  config: Pick<Config, "naming">;
  hdfs: Hdfs;
  storage: Storage;
}) {
  const setSince = new FlagsSetSince({ config, hdfs, storage });
  const placeAside = (id: string, flagPath: string) =>
    storage.path(sagaPlaces(id).flag(flagPath));

  /** The flag that lies aside for a planned one; undefined where none was moved there. */
  async function flagAside(
    id: string,
    flagPath: string,
  ): Promise<RemovedFlag | undefined> {
    heartbeat(flagPath);
    const place = placeAside(id, flagPath);
    const [status, content] = await Promise.all([
      hdfs.stat(place),
      hdfs.read(place),
    ]);
    if (!status || !content || content.toString("utf8") === NO_FLAG)
      return undefined;
    return {
      path: flagPath,
      content: content.toString("base64"),
      mtime: status.mtime,
      owner: status.owner,
    };
  }

  /** Those of the planned flags that this saga has taken away. */
  async function flagsAside(
    id: string,
    planned: FlagToClear[],
  ): Promise<RemovedFlag[]> {
    const removed: RemovedFlag[] = [];
    for (const { path } of planned) {
      const flag = await flagAside(id, path);
      if (flag) removed.push(flag);
    }
    return removed;
  }

  return {
    /**
     * Moves the plan's flags aside, except those of topics that an operator skips, and records them in the saga's `flags.json`.
     *
     * @returns how many flags this saga has taken away, whichever attempt did it
     */
    async clearFlags(input: {
      planRef: string;
      /** Topics whose flags stay. */
      skip: string[];
    }): Promise<number> {
      const id = sagaId();
      const plan = await storage.readRef<Plan>(input.planRef);
      const flags = plan.flags.filter((f) => !input.skip.includes(f.topic));
      await watchFlags(storage, id);
      await mapPool(flags, WIDTH, async ({ path }) => {
        beat(path);
        const place = placeAside(id, path);
        if (!(await hdfs.claim(path, place))) await hdfs.create(place, NO_FLAG);
      });
      const removed = await flagsAside(id, flags);
      await storage.write(sagaPlaces(id).removedFlags, removed);
      return removed.length;
    },

    /**
     * Writes the flags back that this saga has taken away. Where Refine has set a new one meanwhile, the new one stays. Flags that
     * were not taken away yet cannot be any more: their places aside are taken first.
     *
     * @returns how many flags were written back
     */
    async restoreFlags(input?: {
      planRef: string;
      /** Only the flags of these topics. */
      only?: string[];
    }): Promise<number> {
      const id = sagaId();
      // Sagas that were started by 0.1.0 name no plan.
      const plan = await storage.readRef<Plan>(
        input?.planRef ?? storage.path(sagaPlaces(id).planOf010),
      );
      const flags = plan.flags.filter(
        ({ topic }) => input?.only?.includes(topic) ?? true,
      );
      for (const { path } of flags) {
        heartbeat(path);
        const place = placeAside(id, path);
        if (!(await hdfs.stat(place))) await hdfs.create(place, NO_FLAG);
      }
      let restored = 0;
      for (const { path, content } of await flagsAside(id, flags)) {
        heartbeat(path);
        if (await hdfs.stat(path)) continue;
        if (await hdfs.create(path, Buffer.from(content, "base64"))) restored++;
      }
      return restored + (await setSince.putBack(id, input?.only));
    },
  };
}
