import { heartbeat } from "@temporalio/activity";
import { beat } from "../beat";
import type { FlagToClear, Plan } from "../../domain/backfill/plan";
import type { FileStatus, Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { type RemovedFlag, sagaPlaces } from "../../clients/storage-layout";
import type { Config } from "../../domain/settings/config";
import { mapPool } from "../../lib/map-pool";
import { directoryOf, nameOf } from "../../lib/paths";
import { FlagsSetSince, watchFlags } from "./flags-set-since";
import { refuseUntouchablePlan } from "./refuse-untouchable";
import { sagaId } from "./saga-id";

/** Flags that are moved at the same time. */
const WIDTH = 16;
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
  config: Pick<Config, "naming"> & Partial<Pick<Config, "repair">>;
  hdfs: Hdfs;
  storage: Storage;
}) {
  const setSince = new FlagsSetSince({ config, hdfs, storage });
  const placeAside = (id: string, flagPath: string) =>
    storage.path(sagaPlaces(id).flag(flagPath));

  /** What lies at the places aside of planned flags, by the flags' paths: a single listing tells, however many they are. */
  async function placesTaken(
    id: string,
    planned: FlagToClear[],
  ): Promise<Map<string, FileStatus>> {
    const taken = new Map<string, FileStatus>();
    if (planned.length === 0) return taken;
    const folder = directoryOf(placeAside(id, planned[0]!.path));
    const files = (await hdfs.list(folder)) ?? [];
    const byName = new Map(files.map((file) => [file.name, file]));
    for (const { path } of planned) {
      const file = byName.get(nameOf(placeAside(id, path)));
      if (file) taken.set(path, file);
    }
    return taken;
  }

  /** Takes the places of flags for which nothing lies aside, so that no attempt that wakes up late moves such a flag. */
  const takePlace = (id: string, path: string) =>
    hdfs.create(placeAside(id, path), NO_FLAG);

  async function isFlag(aside: string, length: number): Promise<boolean> {
    // A flag is read only where its length does not tell.
    return (
      length !== NO_FLAG.length || (await hdfs.readText(aside)) !== NO_FLAG
    );
  }

  /** Those of the planned flags that this saga has taken away. */
  async function flagsAside(
    id: string,
    planned: FlagToClear[],
  ): Promise<RemovedFlag[]> {
    const removed: RemovedFlag[] = [];
    for (const [path, file] of await placesTaken(id, planned)) {
      const { length, mtime, owner } = file;
      const aside = placeAside(id, path);
      if (await isFlag(aside, length))
        removed.push({ path, aside, mtime, owner });
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
      await refuseUntouchablePlan(config, async () => plan, input.skip);
      await watchFlags(storage, id);
      // Recorded first: of whatever is moved away can be told where it lies.
      const planned = flags.map(({ path }) => ({
        path,
        aside: placeAside(id, path),
      }));
      await storage.recordOnce(sagaPlaces(id).removedFlags, planned);
      const taken = await placesTaken(id, flags);
      const left = flags.filter(({ path }) => !taken.has(path));
      let done = taken.size;
      await mapPool(left, WIDTH, async ({ path }) => {
        beat({ flags: done, ofFlags: flags.length });
        if (!(await hdfs.claim(path, placeAside(id, path))))
          await takePlace(id, path);
        done++;
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
      const taken = await placesTaken(id, flags);
      const free = flags.filter(({ path }) => !taken.has(path));
      // An undo is not ended by a cancel: what is begun of it is done.
      await mapPool(free, WIDTH, async ({ path }) => {
        heartbeat();
        await takePlace(id, path);
      });
      const removed = await flagsAside(id, flags);
      let restored = 0;
      await mapPool(removed, WIDTH, async ({ path, aside }) => {
        heartbeat({ flags: restored, ofFlags: removed.length });
        if (await hdfs.stat(path)) return;
        const content = await hdfs.read(aside);
        if (!content) throw new Error(`${aside} has disappeared`);
        if (await hdfs.create(path, content)) restored++;
      });
      return restored + (await setSince.putBack(id, input?.only));
    },
  };
}
