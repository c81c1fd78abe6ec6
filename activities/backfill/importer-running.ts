import { cancellationSignal, Context } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import {
  type AlwaysRunning,
  type Importer,
  steeringOf,
} from "../../importers/importer";
import { fatal } from "../../clients/errors";
import type { Positions } from "../../domain/backfill/import-progress";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { hasEnded, type Yarn } from "../../clients/yarn/yarn";
import { sagaPlaces } from "../../clients/storage-layout";
import type { Driver, Drivers } from "./drivers";
import { followImporter, logsIn } from "./follow-importer";
import { watchFlags } from "./flags-set-since";
import { sagaId } from "./saga-id";
import { importUntilNothingLacks } from "./import-until";
import { OthersRuns } from "./others-runs";
import { heartbeatWhile } from "../heartbeat-while";

/** What the importer was run for. */
export type ImporterRuns = {
  /** How many runs it took. */
  runs: number;
  /** Runs, by their names, where more than one had finished at the same time: somebody else's came between. */
  besides?: string[];
};

export type ImporterDeps = {
  config: Config;
  source: Pick<Importer, "state" | "steering" | "runs">;
  kafka: Kafka;
  yarn: Yarn;
  storage: Storage;
  drivers: Pick<Drivers, "awaitOthers" | "run">;
};

/** Running the importer for a saga, so that no run is lost, begun twice or beside another one. */
export function importerRunning({
  config,
  source,
  kafka,
  yarn,
  storage,
  drivers,
}: ImporterDeps) {
  const others = new OthersRuns({ config, yarn });
  const logsOf = (topics: string[]) => logsIn(kafka, topics);
  /** Where a saga makes ready what it writes for the importer, and who does it. */
  const about = () => ({
    staging: storage.path(sagaPlaces(sagaId()).importerStaging),
    by: sagaId(),
  });
  const driverOf = (tag: string): Driver => ({
    tag,
    setting: `mapreduce.job.tags=${tag}`,
  });

  /** Waits until neither a driver, on whichever host, nor an application on YARN carries the tag. */
  async function waitUntilNoneRuns(tag: string): Promise<void> {
    await drivers.awaitOthers(driverOf(tag), async () => {
      const apps = await yarn.byTag(tag);
      return apps.every(hasEnded) ? "nothing" : "goes on";
    });
  }

  /** Sees to it that a run which was begun and the runs beside it lose nothing of one another. @returns the runs that have finished since */
  async function settle(): Promise<string[]> {
    const places = sagaPlaces(sagaId());
    const begun = await storage.read(places.importerRun);
    if (!begun || !("before" in begun)) return [];
    // One that ends later would have the last word, and has read positions of before the saga's run. Where its schedule is held, none begins
    // beside that.
    if (config.importer.hold) await others.waitUntilTheyCount();
    else await others.waitUntilAllCount();
    const since = await heartbeatWhile(() =>
      steeringOf(source).settle(begun.before, about()),
    );
    await storage.write(places.importerRun, {});
    return since;
  }

  /**
   * An attempt that froze and wakes up after an abort must not move positions that were put back.
   * @throws ApplicationFailure "Fenced" where those of any of these topics were
   */
  async function refuseWhatWasPutBack(topics: string[]): Promise<void> {
    const places = sagaPlaces(sagaId());
    const leftAlone = (await storage.read(places.leftAlone)) ?? [];
    if (
      topics.length === 0 ||
      topics.some((topic) => leftAlone.includes(topic)) ||
      (await storage.has(places.importerReleased))
    )
      throw fatal("Fenced", `${sagaId()} has put the importer's offsets back`);
  }

  /** Topics without those that an operator has taken out since. */
  async function notLeftAlone(topics: string[]): Promise<string[]> {
    const places = sagaPlaces(sagaId());
    const leftAlone = (await storage.read(places.leftAlone)) ?? [];
    return topics.filter((topic) => !leftAlone.includes(topic));
  }

  /** Runs the importer once over the topics and waits for its end. It is never run beside another run of the same tag. */
  async function runOnce(tag: string, topics: string[]): Promise<void> {
    await waitUntilNoneRuns(tag);
    await others.waitUntilNoneGoesOn();
    const places = sagaPlaces(sagaId());
    await storage.write(places.importerRun, {
      before: await steeringOf(source).runNames(),
    });
    const ours = await notLeftAlone(topics);
    const all = steeringOf(source).settings(ours);
    // The exit code says nothing: a run that skips a topic ends with 1. What a run did is judged by the stored offsets alone.
    await heartbeatWhile(() =>
      untilItsEnd(
        driverOf(tag),
        [
          ...config.importer.command,
          ...Object.entries(all).map(([n, v]) => `-D${n}=${v}`),
          `-D${driverOf(tag).setting}`,
        ],
        () => refuseWhatWasPutBack(ours),
      ),
    );
    cancellationSignal().throwIfAborted();
  }

  /**
   * Runs a command that must not be ended in the middle: an importer has published files by then, and not yet where it stands, so that the next
   * run would import them again. A pause or an abort waits for its end. Where this attempt is over for another reason, its worker's end
   * for one, the command goes on by itself, and the next attempt waits for it.
   */
  async function untilItsEnd(
    driver: Driver,
    argv: string[],
    mayBegin: () => Promise<void>,
  ): Promise<void> {
    const ended = drivers.run(
      driver,
      argv,
      new AbortController().signal,
      mayBegin,
    );
    const leftToItself = Context.current().cancelled.catch((error: unknown) => {
      if (Context.current().cancellationDetails?.cancelRequested) return ended;
      throw error;
    });
    await Promise.race([ended, leftToItself]);
  }

  /** What stands for a run of an importer that always runs. @param mayMove whether an abort puts back what is moved */
  async function followOnce(
    { moveIntoLog, quietMs }: AlwaysRunning,
    topics: string[],
    mayMove: boolean,
  ): Promise<void> {
    const ours = await notLeftAlone(topics);
    await refuseWhatWasPutBack(ours);
    if (mayMove)
      return heartbeatWhile(() =>
        moveIntoLog(ours, {
          staging: about().staging,
          mayGoOn: () => refuseWhatWasPutBack(ours),
        }),
      );
    const state = () => source.state();
    const logs = await logsOf(ours);
    await followImporter({ topics: ours, logs, state, quietMs });
  }

  /**
   * Runs the importer until no partition lacks anything.
   * @param about `prepare` is done before the first run, while none goes on; `mayMove` says whether an abort puts back what is moved
   * @returns how many runs it took
   */
  async function importUntil(
    tag: string,
    topics: string[],
    lacking: (positions: Positions) => Promise<string[]>,
    {
      prepare = async () => undefined,
      mayMove = false,
    }: { prepare?: () => Promise<void>; mayMove?: boolean } = {},
  ): Promise<ImporterRuns> {
    const besides: string[] = [];
    const settleNow = async () => {
      const since = await settle();
      if (since.length > 1) besides.push(...since);
    };
    // From here on raw hours grow, and a Refine of somebody else may take them. Should it be an outdated one, its flags would keep the saga's
    // own from them: before that one is submitted, all that were set since now are taken away.
    await watchFlags(storage, sagaId());
    // A run that an earlier attempt began is still under way, perhaps: positions are read once it has ended.
    await waitUntilNoneRuns(tag);
    await settleNow();
    const { always } = steeringOf(source);
    const { staging } = about();
    // An attempt that died may have left it stopped, with nothing lacking any more.
    if (always) await heartbeatWhile(() => always.letGo({ staging }));
    await prepare();
    const runs = await importUntilNothingLacks({
      topics,
      positions: async () => (await source.state()).positions,
      lacking,
      runOnce: async () => {
        if (always) await followOnce(always, topics, mayMove);
        else await runOnce(tag, topics);
        await settleNow();
      },
      log: config.importer.log,
    });
    return { runs, ...(besides.length > 0 ? { besides } : {}) };
  }

  return {
    about,
    others,
    logsOf,
    waitUntilNoneRuns,
    settle,
    refuseWhatWasPutBack,
    importUntil,
  };
}
