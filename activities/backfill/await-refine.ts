import { heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { datasetOf, refinedHourDir } from "../../domain/settings/dataset";
import { DriverProgress } from "../../domain/backfill/driver-progress";
import { withoutValues } from "../../domain/backfill/program-output";
import type { PlannedTopic } from "../../domain/backfill/plan";
import { DONE_FLAG } from "../../formats/refine/done-flag";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import {
  type Application,
  hasEnded,
  isRefine,
  told,
  type Yarn,
} from "../../clients/yarn/yarn";
import { mapPool } from "../../lib/map-pool";
import { awaitEnd } from "./await-end";
import { withHours } from "./planned-hours";
import { sagaId } from "./saga-id";

const POLL_MS = 1000;
/** Flags that are asked for at the same time. */
const WIDTH = 8;
/** Flags that one poll asks for. Where more are awaited, polls take turns with them. */
const FLAGS_PER_POLL = 400;
/** Bytes of the driver's log that a poll reads, from its end. */
const LOG_TAIL_BYTES = 200_000;
/** Characters of YARN's diagnostics that an error quotes. */
const DIAGNOSTICS_LENGTH = 500;

/** Waiting for the planned Refine. */
export function createAwaitRefineActivities({
  config,
  hdfs,
  yarn,
  storage,
}: {
  config: Config;
  hdfs: Hdfs;
  yarn: Yarn;
  storage: Storage;
}) {
  const doneFlagsOf = (topic: PlannedTopic): string[] => {
    const dataset = datasetOf(topic.topic, config.naming)!;
    return topic.hours.map(
      (hour) => `${refinedHourDir(dataset, hour)}/${DONE_FLAG}`,
    );
  };

  /** Takes those out of the awaited flags that are there by now. */
  async function removeSetFlags(awaited: Set<string>): Promise<void> {
    const turn = [...awaited].slice(0, FLAGS_PER_POLL);
    await mapPool(turn, WIDTH, async (path) => {
      // A set keeps its order of insertion: a flag that is still awaited goes to the end, and the next poll asks for others.
      awaited.delete(path);
      if (!(await hdfs.stat(path))) awaited.add(path);
    });
  }

  /** An attempt that was given up may have submitted the job after all. Whatever else carries the application's tag is such a twin. */
  async function killTwins(app: Application): Promise<void> {
    for (const twin of await yarn.byTag(app.applicationTags))
      if (twin.id !== app.id && !hasEnded(twin)) await yarn.kill(twin.id);
  }

  /**
   * Refines of others that ran while this one did, once they have ended: until then they may write the same partitions. One that begins later
   * finds their flags set.
   */
  async function refinesBeside(app: Application): Promise<string[]> {
    const isOther = (other: Application) =>
      isRefine(other) && other.applicationTags !== app.applicationTags;
    const goingOn = (await yarn.running()).filter(isOther);
    const ended = (await yarn.endedSince(app.startedTime)).filter(isOther);
    for (const other of goingOn) await awaitEnd(yarn, other);
    const all = new Map([...ended, ...goingOn].map((each) => [each.id, each]));
    return [...all.values()].map(told);
  }

  return {
    /**
     * Waits for the application's end; heartbeats say how many planned Hive partitions have their done flag, and what the driver says.
     * What YARN calls SUCCEEDED says only that the driver ended well: a partition may have failed all the same, see `scanLogs`.
     *
     * @returns its final status by YARN, how long it took, and the Refines of others that ran at the same time: they may have written the same
     *   partitions, which verification looks at
     * @throws ApplicationFailure where YARN does not know it or says that it did not succeed
     */
    async awaitRefine(input: {
      applicationId: string;
      topics: PlannedTopic[];
      /** The plan, which holds the hours that a large saga's topics do not carry. */
      planRef?: string;
    }): Promise<{ finalStatus: string; seconds: number; besides?: string[] }> {
      const topics = await withHours(storage, input.topics, input.planRef);
      const flags = topics.flatMap(doneFlagsOf);
      const awaited = new Set(flags);
      const driver = new DriverProgress();
      let app: Application | undefined;
      for (;;) {
        app = await yarn.application(input.applicationId);
        if (!app)
          throw fatal(
            "ApplicationFailed",
            `${input.applicationId} is unknown to YARN at ${config.yarn.resourceManager}`,
          );
        await removeSetFlags(awaited);
        // The driver says more than flags do: how many it means to refine, and which have failed.
        driver.readLog(
          (await yarn.liveLog(app, "stderr", LOG_TAIL_BYTES)) ?? "",
        );
        heartbeat({
          refined: flags.length - awaited.size,
          total: flags.length,
          failed: driver.failed,
          ...(driver.total === undefined
            ? {}
            : { driver: `${driver.ended} of ${driver.total}` }),
        });
        await killTwins(app);
        if (hasEnded(app)) break;
        await sleep(POLL_MS);
      }
      // Should the cluster lose the logs, `scanLogs` has these statuses to go by.
      await storage.write(sagaPlaces(sagaId()).refineLive, driver.statuses);
      if (app.finalStatus !== "SUCCEEDED")
        throw fatal(
          "ApplicationFailed",
          `Refine ${app.id} ended ${app.finalStatus}: ${withoutValues(app.diagnostics).slice(0, DIAGNOSTICS_LENGTH)}; ${yarn.link(app.id)}`,
        );
      const besides = await refinesBeside(app);
      return {
        finalStatus: app.finalStatus,
        seconds: Math.round(app.elapsedTime / 1000),
        ...(besides.length > 0 ? { besides } : {}),
      };
    },
  };
}
