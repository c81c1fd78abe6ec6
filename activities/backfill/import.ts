import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { regexLiteral } from "../../domain/backfill/plan";
import { fatal } from "../../clients/errors";
import {
  type Importer,
  type ImporterState,
  steeringOf,
} from "../../importers/importer";
import type { Jobs } from "../../clients/commands";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { hasEnded, type Yarn } from "../../clients/yarn/yarn";
import { sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";
import { partitionKey, parsePartitionKey } from "../../lib/keys";

const POLL_MS = 500;
/** So many runs that got no further are enough; those that do may be as many as it takes. */
const MAX_FRUITLESS = 12;

const named = (places: string[]) =>
  `${places.slice(0, 10).join(", ")}${places.length > 10 ? ` and ${places.length - 10} more` : ""}`;

type Positions = ImporterState["positions"];

/** Where the importer stands with topics, to be compared. */
function standing(positions: Positions, topics: string[]): string {
  const ours = new Set(topics);
  return JSON.stringify(
    [...positions]
      .filter(([key]) => ours.has(parsePartitionKey(key).topic))
      .map(([key, { offset }]) => [key, offset])
      .sort(),
  );
}

type Deps = {
  config: Config;
  source: Pick<Importer, "state" | "steering">;
  kafka: Kafka;
  yarn: Yarn;
  storage: Storage;
  jobs: Jobs;
};

/** A YARN tag that names a workflow's step; YARN keeps tags in lower case. */
export const tagOf = (workflowId: string, step: string) =>
  `sisyphus-${workflowId}-${step}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "_");

/** Activities that run the importer. */
export function createImporterActivities({
  config,
  source,
  kafka,
  yarn,
  storage,
  jobs,
}: Deps) {
  /** Waits until no driver and no application with the tag is left. */
  async function settle(tag: string): Promise<void> {
    while (
      jobs.driverRuns(`mapreduce.job.tags=${tag}`) ||
      (await yarn.byTag(tag)).some((app) => !hasEnded(app))
    ) {
      heartbeat({ waitingFor: tag });
      await sleep(POLL_MS);
    }
  }

  /** One run over the topics; refuses to run beside another importer. */
  async function run(
    tag: string,
    topics: string[],
    settings: Record<string, string>,
  ): Promise<void> {
    await settle(tag);
    const id = sagaId();
    // An attempt that froze and wakes up after an abort must not move the offsets that were put back.
    if (await storage.has(sagaPlaces(id).importerReleased))
      throw fatal("Fenced", `${id} has put the importer's offsets back`);
    const stop = beating();
    try {
      const all = {
        ...settings,
        "kafka.whitelist.topics": topics.map(regexLiteral).join(","),
        "mapreduce.job.tags": tag,
      };
      // A run that skips topics ends with 1, and what it did is judged by the stored offsets alone.
      await jobs.runCommand(
        [
          ...config.importer.command,
          ...Object.entries(all).map(([n, v]) => `-D${n}=${v}`),
        ],
        cancellationSignal(),
      );
    } finally {
      stop();
    }
  }

  /** Imports until a condition on the stored offsets holds. */
  async function importUntil(
    tag: string,
    topics: string[],
    settings: Record<string, string>,
    lacking: (positions: Positions) => Promise<string[]>,
  ): Promise<number> {
    await settle(tag);
    let before: string | undefined;
    let fruitless = 0;
    for (let runs = 0; ; runs++) {
      const { positions } = await source.state();
      const left = await lacking(positions);
      if (left.length === 0) return runs;
      const now = standing(positions, topics);
      fruitless = now === before ? fruitless + 1 : 0;
      before = now;
      if (fruitless === MAX_FRUITLESS)
        throw fatal(
          "ApplicationFailed",
          `${fruitless} importer runs in a row got no further; still not imported: ${named(left)}; see ${config.importer.log}`,
        );
      await run(tag, topics, settings);
      cancellationSignal().throwIfAborted();
    }
  }

  // The two settings of July 5, 2018. Without the second, events older than a week are dropped in silence while offsets advance.
  const settings = {
    "kafka.move.to.earliest.offset": "true",
    "kafka.max.historical.days": "-1",
  };

  return {
    /** Moves the importer to the earliest offsets of topics that it skips, by running it. @returns runs made */
    async resetImport(input: { topics: string[] }): Promise<{ runs: number }> {
      const id = sagaId();
      const lacking = async (keys: Positions) => {
        const found: string[] = [];
        for (const topic of input.topics) {
          heartbeat({ offsets: topic });
          for (const o of await kafka.offsets(topic)) {
            const stored = keys.get(partitionKey(topic, o.partition))?.offset;
            if (
              stored === undefined
                ? o.high !== o.low
                : BigInt(stored) < BigInt(o.low) ||
                  BigInt(stored) > BigInt(o.high)
            )
              found.push(partitionKey(topic, o.partition));
          }
        }
        return found;
      };
      const runs = await importUntil(
        tagOf(id, "reset"),
        input.topics,
        settings,
        lacking,
      );
      return { runs };
    },
    /**
     * Runs the importer until its stored offsets have passed the given ends, `<topic>/<partition>` to offset. Topics without an end are
     * imported as far as it gets: what Kafka held of them all the while is imported, too.
     */
    async importReplayed(input: {
      topics: string[];
      ends: Record<string, string>;
    }): Promise<{ runs: number }> {
      const id = sagaId();
      const reached = new Map<string, string | undefined>();
      const replayedInto = new Set(
        Object.keys(input.ends).map((key) => parsePartitionKey(key).topic),
      );
      /** Partitions of topics that nothing was replayed into, as long as a run still gets further: markers at the end are never passed. */
      const behind = async (keys: Positions) => {
        const found: string[] = [];
        for (const topic of input.topics) {
          if (replayedInto.has(topic)) continue;
          heartbeat({ offsets: topic });
          for (const o of await kafka.offsets(topic)) {
            const place = partitionKey(topic, o.partition);
            const stored = keys.get(partitionKey(topic, o.partition))?.offset;
            const passed =
              o.low === o.high ||
              (stored !== undefined && BigInt(stored) >= BigInt(o.high));
            const stuck = reached.has(place) && reached.get(place) === stored;
            reached.set(place, stored);
            if (!passed && !stuck) found.push(place);
          }
        }
        return found;
      };
      const lacking = async (keys: Positions) => {
        const replayed = Object.entries(input.ends)
          .filter(([place, end]) => {
            // A topic that was skipped after its replay is imported by whoever comes next.
            if (!input.topics.includes(parsePartitionKey(place).topic))
              return false;
            const stored = keys.get(place)?.offset;
            return stored === undefined || BigInt(stored) < BigInt(end);
          })
          .map(([place]) => place);
        return [...replayed, ...(await behind(keys))];
      };
      return {
        runs: await importUntil(
          tagOf(id, "import"),
          input.topics,
          settings,
          lacking,
        ),
      };
    },
    /** Undoes importer runs: sets every run after the given one aside, so that the recorded offsets count again. */
    async restoreOffsets(input: { after?: string }): Promise<string[]> {
      const id = sagaId();
      await storage.write(sagaPlaces(id).importerReleased, {});
      // A run that is under way would land after it.
      await settle(tagOf(id, "reset"));
      await settle(tagOf(id, "import"));
      return steeringOf(source).setRunsAside(
        input.after,
        storage.path(sagaPlaces(id).importerRuns),
      );
    },
  };
}

/** Heartbeats until it is stopped: a child process does not tell how far it is. */
export function beating(details?: () => unknown): () => void {
  const timer = setInterval(() => heartbeat(details?.()), 2000).unref();
  return () => clearInterval(timer);
}
