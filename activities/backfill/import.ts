import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { regexLiteral } from "../../lib/regex-literal";
import type { Camus } from "../../importers/camus";
import { fatal } from "../../clients/errors";
import {
  type Logs,
  outsideOfLog,
  type Positions,
  type Standing,
  standingIn,
  stillAdvancing,
  withReplayedEventsAhead,
} from "../../domain/backfill/import-progress";
import type { Jobs } from "../../clients/commands";
import type { Kafka, Offsets } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { hasEnded, type Yarn } from "../../clients/yarn/yarn";
import { sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";
import { parsePartitionKey } from "../../lib/keys";
import { importUntilNothingLacks } from "./import-until";
import { tagOf } from "./yarn-tag";
import { heartbeatWhile } from "../heartbeat-while";

/** Between two looks at whether an importer run has ended, in ms. */
const POLL_MS = 500;

/**
 * The two settings with which the incident of July 5, 2018 was repaired. The first moves partitions whose position Kafka no longer has to
 * the earliest offset, where Camus by default skips the topic. Without the second, events that are older than a week are dropped in
 * silence while offsets advance.
 */
const REPAIR_SETTINGS = {
  "kafka.move.to.earliest.offset": "true",
  "kafka.max.historical.days": "-1",
};

type Deps = {
  config: Config;
  camus: Camus;
  kafka: Kafka;
  yarn: Yarn;
  storage: Storage;
  jobs: Jobs;
};

/** Activities that run the importer. */
export function createImporterActivities({
  config,
  camus,
  kafka,
  yarn,
  storage,
  jobs,
}: Deps) {
  /** Waits until neither a driver on this host nor an application on YARN carries the tag. */
  async function waitUntilNoneRuns(tag: string): Promise<void> {
    while (
      jobs.driverRuns(`mapreduce.job.tags=${tag}`) ||
      (await yarn.byTag(tag)).some((app) => !hasEnded(app))
    ) {
      heartbeat({ waitingFor: tag });
      await sleep(POLL_MS);
    }
  }

  /** Runs the importer once over the topics and waits for its end. It is never run beside another run of the same tag. */
  async function runOnce(tag: string, topics: string[]): Promise<void> {
    await waitUntilNoneRuns(tag);
    const id = sagaId();
    // An attempt that froze and wakes up after an abort must not move the offsets that were put back.
    if (await storage.has(sagaPlaces(id).importerReleased))
      throw fatal("Fenced", `${id} has put the importer's offsets back`);
    const all = {
      ...REPAIR_SETTINGS,
      "kafka.whitelist.topics": topics.map(regexLiteral).join(","),
      "mapreduce.job.tags": tag,
    };
    // The exit code says nothing: a run that skips a topic ends with 1. What a run did is judged by the stored offsets alone.
    await heartbeatWhile(() =>
      jobs.runCommand(
        [
          ...config.importer.command,
          ...Object.entries(all).map(([n, v]) => `-D${n}=${v}`),
        ],
        cancellationSignal(),
      ),
    );
    cancellationSignal().throwIfAborted();
  }

  /** Runs the importer until no partition lacks anything. @returns how many runs it took */
  async function importUntil(
    tag: string,
    topics: string[],
    lacking: (positions: Positions) => Promise<string[]>,
  ): Promise<number> {
    // A run that an earlier attempt began is still under way, perhaps: positions are read once it has ended.
    await waitUntilNoneRuns(tag);
    return importUntilNothingLacks({
      topics,
      positions: async () => (await camus.state()).positions,
      lacking,
      runOnce: () => runOnce(tag, topics),
      log: config.importer.log,
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
     * Moves the importer back into the log of topics that it skips, by running it: it moves itself to the earliest offset.
     * @returns how many runs it took
     */
    async resetImport(input: { topics: string[] }): Promise<{ runs: number }> {
      const { topics } = input;
      const runs = await importUntil(
        tagOf(sagaId(), "reset"),
        topics,
        async (positions) => outsideOfLog(await logsOf(topics), positions),
      );
      return { runs };
    },
    /**
     * Imports what was replayed: runs the importer until its positions have passed the given ends. Topics into which nothing was replayed
     * are imported as far as the importer gets, as Kafka may hold events of them that it has not read yet.
     * @param input `ends` is `<topic>/<partition>` to the offset after the last replayed event
     * @returns how many runs it took
     */
    async importReplayed(input: {
      topics: string[];
      ends: Record<string, string>;
    }): Promise<{ runs: number }> {
      const { topics, ends } = input;
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
      return { runs: await importUntil(tag, topics, lacking) };
    },
    /**
     * Undoes importer runs: moves every run after the given one aside, so that the offsets of the given one count again.
     * @param input `after` is the newest run before the saga changed anything; absent where there was none
     * @returns the names of the runs that were moved
     */
    async restoreOffsets(input: { after?: string }): Promise<string[]> {
      const id = sagaId();
      // The release is recorded first: an older attempt that wakes up finds it before its next run, and starts none.
      await storage.write(sagaPlaces(id).importerReleased, {});
      // A run that is under way would otherwise end after the others were moved, and its offsets would count.
      await waitUntilNoneRuns(tagOf(id, "reset"));
      await waitUntilNoneRuns(tagOf(id, "import"));
      return camus.setAside(
        input.after,
        storage.path(sagaPlaces(id).importerRuns),
      );
    },
  };
}
