import { cancellationSignal, Context, heartbeat } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { type Importer, steeringOf } from "../../importers/importer";
import { fatal } from "../../clients/errors";
import {
  jumpedOverIn,
  type Logs,
  notPassed,
  outsideOfLog,
  type Positions,
  type Standing,
  standingIn,
  stillAdvancing,
  withReplayedEventsAhead,
} from "../../domain/backfill/import-progress";
import type { Kafka, Offsets } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { hasEnded, type Yarn } from "../../clients/yarn/yarn";
import { sagaPlaces } from "../../clients/storage-layout";
import type { Driver, Drivers } from "./drivers";
import { watchFlags } from "./flags-set-since";
import { refuseToMove, refuseUntouchableTopics } from "./refuse-untouchable";
import { sagaId } from "./saga-id";
import type { JumpedOver } from "../../domain/audit/jumps";
import { type Hour, hourStart } from "../../lib/hour";
import { parsePartitionKey } from "../../lib/keys";
import { importUntilNothingLacks } from "./import-until";
import { OthersRuns } from "./others-runs";
import { tagOf } from "./yarn-tag";
import { heartbeatWhile } from "../heartbeat-while";

/** What the importer was run for. */
export type ImporterRuns = {
  /** How many runs it took. */
  runs: number;
  /** Runs, by their names, where more than one had finished at the same time: somebody else's came between. */
  besides?: string[];
};

type Deps = {
  config: Config;
  source: Pick<Importer, "state" | "steering" | "runs">;
  kafka: Kafka;
  yarn: Yarn;
  storage: Storage;
  drivers: Pick<Drivers, "awaitOthers" | "run">;
};

/** Activities that run the importer. */
export function createImporterActivities({
  config,
  source,
  kafka,
  yarn,
  storage,
  drivers,
}: Deps) {
  const others = new OthersRuns({ config, yarn });
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
      steeringOf(source).settle(begun.before, {
        staging: storage.path(places.importerStaging),
        by: sagaId(),
      }),
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

  /** Runs the importer once over the topics and waits for its end. It is never run beside another run of the same tag. */
  async function runOnce(tag: string, topics: string[]): Promise<void> {
    await waitUntilNoneRuns(tag);
    await others.waitUntilNoneGoesOn();
    const places = sagaPlaces(sagaId());
    await storage.write(places.importerRun, {
      before: await steeringOf(source).runNames(),
    });
    const leftAlone = (await storage.read(places.leftAlone)) ?? [];
    const ours = topics.filter((topic) => !leftAlone.includes(topic));
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

  /**
   * Runs the importer until no partition lacks anything.
   * @param prepare done before the first run, while none goes on
   * @returns how many runs it took
   */
  async function importUntil(
    tag: string,
    topics: string[],
    lacking: (positions: Positions) => Promise<string[]>,
    prepare: () => Promise<void> = async () => undefined,
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
    await prepare();
    const runs = await importUntilNothingLacks({
      topics,
      positions: async () => (await source.state()).positions,
      lacking,
      runOnce: async () => {
        await runOnce(tag, topics);
        await settleNow();
      },
      log: config.importer.log,
    });
    return { runs, ...(besides.length > 0 ? { besides } : {}) };
  }

  /** Moves the importer back to what it has jumped over, while no run goes on that would have the last word. */
  async function moveBackTo(
    jumped: ReadonlyMap<string, JumpedOver>,
  ): Promise<void> {
    if (jumped.size === 0) return;
    const { moveBack } = steeringOf(source);
    if (!moveBack)
      throw fatal(
        "NotAllowed",
        `the importer has jumped over offsets that Kafka holds, and importer.kind ${config.importer.kind} cannot be moved back to them: ${[...jumped].map(([key, { from }]) => `${key} from ${from}`).join(", ")}`,
      );
    await others.waitUntilNoneGoesOn();
    await refuseWhatWasPutBack([
      ...new Set([...jumped.keys()].map((key) => parsePartitionKey(key).topic)),
    ]);
    await moveBack(new Map([...jumped].map(([key, { from }]) => [key, from])), {
      staging: storage.path(sagaPlaces(sagaId()).importerStaging),
      by: sagaId(),
    });
  }

  async function logsOf(topics: string[]): Promise<Logs> {
    const logs = new Map<string, Offsets[]>();
    for (const topic of topics) {
      heartbeat({ offsets: topic });
      logs.set(topic, await kafka.offsets(topic));
    }
    return logs;
  }

  return {
    /**
     * Moves the importer back into the log of topics that it skips, by running it: it moves itself to the earliest offset. Where it has jumped
     * over offsets that Kafka holds, it is moved back to them first.
     * @param input `jumped` names topics of which an audit says so, and the hour from which on their runs count; absent where there are none
     * @returns how many runs it took, and whose came between
     * @throws ApplicationFailure "NotAllowed" where it would have to be moved back and cannot
     */
    async resetImport(input: {
      topics: string[];
      jumped?: { topics: string[]; since: Hour };
    }): Promise<ImporterRuns> {
      const { topics } = input;
      refuseToMove(config, topics);
      const jumped = input.jumped
        ? jumpedOverIn(
            await logsOf(input.jumped.topics),
            await source.runs(hourStart(input.jumped.since)),
            (await source.state()).positions,
          )
        : new Map<string, JumpedOver>();
      return importUntil(
        tagOf(sagaId(), "reset"),
        topics,
        async (positions) => [
          ...outsideOfLog(await logsOf(topics), positions),
          ...notPassed(jumped, positions),
        ],
        () => moveBackTo(jumped),
      );
    },
    /**
     * Imports what was replayed: runs the importer until its positions have passed the given ends. Topics into which nothing was replayed
     * are imported as far as the importer gets, as Kafka may hold events of them that it has not read yet.
     * @param input `ends` is `<topic>/<partition>` to the offset after the last replayed event
     * @returns how many runs it took, and whose came between
     */
    async importReplayed(input: {
      topics: string[];
      ends: Record<string, string>;
    }): Promise<ImporterRuns> {
      const { topics, ends } = input;
      refuseUntouchableTopics(config, topics);
      const replayedInto = new Set(
        Object.keys(ends).map((key) => parsePartitionKey(key).topic),
      );
      const otherTopics = topics.filter((topic) => !replayedInto.has(topic));
      let before: Standing | undefined;
      const lacking = async (positions: Positions) => {
        const logs = await logsOf(otherTopics);
        const advancing = stillAdvancing(logs, positions, before);
        before = standingIn(logs, positions);
        return [
          ...withReplayedEventsAhead(ends, topics, positions),
          ...advancing,
        ];
      };
      const tag = tagOf(sagaId(), "import");
      return importUntil(tag, topics, lacking);
    },
    /**
     * Puts the positions of the saga's topics back to where they were. Everybody else's stay as they are: days may lie between.
     * @param input `after` is the newest run before the saga changed anything; absent where there was none
     * @returns the topics that had moved; none where all stood there already
     */
    async restoreOffsets(input: {
      after?: string;
      topics: string[];
      /** Whether the saga goes on without these topics: then only they are left alone from now on. */
      goesOn?: boolean;
    }): Promise<string[]> {
      const id = sagaId();
      const places = sagaPlaces(id);
      // The release is recorded first: an older attempt that wakes up finds it before its next run, and starts none. That of single topics
      // is recorded with all that is put back of them.
      if (!input.goesOn) await storage.write(places.importerReleased, {});
      // A run that is under way would otherwise end after the others were moved, and its offsets would count.
      await waitUntilNoneRuns(tagOf(id, "reset"));
      await waitUntilNoneRuns(tagOf(id, "import"));
      const hasRun = await storage.has(places.importerRun);
      await settle();
      await others.waitUntilTheyCount();
      let written: string | undefined;
      for (let isFirst = true; ; isFirst = false) {
        const now = await heartbeatWhile(() =>
          steeringOf(source).putBack(input.topics, {
            after: input.after,
            staging: storage.path(places.importerStaging),
            by: id,
          }),
        );
        written = now ?? written;
        // What stands there still after another run has ended will not be moved by it any more, nor what the saga has never moved.
        if (now === undefined && (!isFirst || !hasRun)) break;
        if (!(await others.waitUntilAllCount())) break;
      }
      return written === undefined ? [] : input.topics;
    },
  };
}
