import { activityInfo, heartbeat } from "@temporalio/activity";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import type { Plan } from "../../domain/backfill/plan";
import { datasetOf, refinedHourDir } from "../../domain/settings/dataset";
import type { Config } from "../../domain/settings/config";
import { REFINE_FLAGS } from "../../formats/refine/done-flag";
import { mapPool } from "../../lib/map-pool";

/** Directories that are listed at the same time. */
const WIDTH = 8;

type Systems = {
  config: Pick<Config, "naming">;
  hdfs: Hdfs;
  storage: Storage;
};

/** A flag as it lies in a planned hour. */
type Found = { topic: string; path: string; mtime: number };

/**
 * Remembers, by HDFS' own clock, that flags which are set from now on are none that the saga has planned with; once, however often it is called.
 * A saga does so before its first importer run, and again before it clears flags, where it has none.
 */
export async function watchFlags(
  storage: Pick<Storage, "recordOnce">,
  id: string,
): Promise<void> {
  await storage.recordOnce(sagaPlaces(id).flagsWatchedFrom, {});
}

/**
 * Flags that somebody else's Refine has set in planned hours since the saga began to import, or to clear them. An outdated one that its own schedule
 * starts sets them anew, and the saga's Refine would pass by these hours.
 */
export class FlagsSetSince {
  constructor(private readonly systems: Systems) {}

  /** Remembers, by HDFS' own clock, that this activity is about to submit the saga's Refine: flags that are younger may be that one's. */
  async submitting(id: string): Promise<void> {
    const place = sagaPlaces(id).refineSubmitting(activityInfo().activityId);
    await this.systems.storage.recordOnce(place, {});
  }

  /**
   * Moves such flags aside, each to a place of its own.
   * @param skip topics whose flags stay
   * @param isNoneSubmitted asks YARN whether it shows no Refine of the saga: then no flag is that one's, whatever earlier attempts were about to do
   * @returns how many there were
   * @throws ApplicationFailure "Fenced", not to be retried, where a later activity was about to submit Refine already
   */
  async takeAway(
    id: string,
    plan: Plan,
    skip: string[],
    isNoneSubmitted: () => Promise<boolean> = async () => false,
  ): Promise<number> {
    const { storage, hdfs } = this.systems;
    const places = sagaPlaces(id);
    const begun = await hdfs.stat(storage.path(places.flagsWatchedFrom));
    if (!begun) return 0;
    const young = await this.setAfter(begun.mtime, plan, skip);
    if (young.length === 0) return 0;
    // Both are asked after the look: an attempt that froze and wakes up after another has submitted Refine must not take that one's flags.
    const submitted = await this.submittedAt(id);
    const isNobodys = await isNoneSubmitted();
    const found = young.filter(({ mtime }) => isNobodys || mtime < submitted);
    if (found.length === 0) return 0;
    const flags = found.map(({ topic, path, mtime }) => ({
      topic,
      path,
      aside: storage.path(places.flagSetAt(path, mtime)),
    }));
    // Recorded first: of whatever is moved away can be told where it lies.
    const known = (await storage.read(places.flagsSetSince)) ?? [];
    await storage.write(places.flagsSetSince, [...known, ...flags]);
    let taken = 0;
    await mapPool(flags, WIDTH, async ({ path, aside }) => {
      heartbeat(path);
      if (await hdfs.claim(path, aside)) taken++;
    });
    return taken;
  }

  /** Writes back what was taken away so, where no flag lies by now. @returns how many flags */
  async putBack(id: string, only?: string[]): Promise<number> {
    const { storage, hdfs } = this.systems;
    const flags = (await storage.read(sagaPlaces(id).flagsSetSince)) ?? [];
    let restored = 0;
    // The newest first: it is the one that lay there.
    for (const { topic, path, aside } of flags.reverse()) {
      heartbeat(path);
      if (only && !only.includes(topic)) continue;
      const content = await hdfs.read(aside);
      if (content === undefined || (await hdfs.stat(path))) continue;
      if (await hdfs.create(path, content)) restored++;
    }
    return restored;
  }

  /** When an attempt of this activity was about to submit Refine, epoch ms; infinity where none was. */
  private async submittedAt(id: string): Promise<number> {
    const { storage } = this.systems;
    const mine = activityInfo().activityId;
    const moments = await storage.list(sagaPlaces(id).refineSubmittings);
    const of = (name: string) => Number(name.replace(".json", ""));
    // Activities of a workflow are numbered in the order in which they are scheduled.
    if (moments.some(({ name }) => of(name) > Number(mine)))
      throw fatal("Fenced", `a later attempt to refine for ${id} goes on`);
    const own = moments.find(({ name }) => name === `${mine}.json`);
    return own?.mtime ?? Infinity;
  }

  /** The flags of planned hours that are younger than a time (epoch ms). */
  private async setAfter(
    time: number,
    plan: Plan,
    skip: string[],
  ): Promise<Found[]> {
    const { config, hdfs } = this.systems;
    const dirs = plan.topics
      .filter(({ topic }) => !skip.includes(topic))
      .flatMap(({ topic, hours }) => {
        const dataset = datasetOf(topic, config.naming)!;
        return hours.map((hour) => ({
          topic,
          dir: refinedHourDir(dataset, hour),
        }));
      });
    const listed = await mapPool(dirs, WIDTH, async ({ topic, dir }) => {
      heartbeat(dir);
      return ((await hdfs.list(dir)) ?? [])
        .filter(({ name, mtime }) => REFINE_FLAGS.has(name) && mtime > time)
        .map(({ name, mtime }) => ({ topic, path: `${dir}/${name}`, mtime }));
    });
    return listed.flat();
  }
}
