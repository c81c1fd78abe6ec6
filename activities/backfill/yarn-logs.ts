import { heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import type { PlannedTopic } from "../../domain/backfill/plan";
import {
  isUnexplained,
  isWhole,
  type LogError,
  PartitionVerdicts,
  type PartitionVerdict,
} from "../../domain/backfill/partition-verdict";
import { FormatError } from "../../formats/format-error";
import type { RefineStatus } from "../../formats/refine/refine-log-line";
import { yarnLogLines } from "../../formats/yarn-log/yarn-log";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import { mapPool } from "../../lib/map-pool";
import { withHours } from "./plan-store";
import type { Storage } from "../../clients/storage";
import type { Yarn } from "../../clients/yarn/yarn";
import { sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";

/** Longer lists are cut in what a workflow carries; the whole one is stored. */
const MOST = 200;

export type LogScan = {
  files: number;
  bytes: number;
  lines: number;
  /** Partitions refined, whether planned or not. */
  finished: number;
  failed: string[];
  /** Planned partitions of which the logs do not say how they ended. */
  unexplained: string[];
  records: number;
  /** Why the aggregated logs, or some of them, could not be read; what they would say is told as it was seen while the application ran. */
  unread?: string;
  /** Of the application; absent in scans of 0.1.0, as all that follows. */
  attempts?: number;
  containers?: number;
  /** Every partition's verdict. */
  partitionsRef?: string;
  /** How many partitions had which outcome, the planned and the others. */
  outcomes?: { outcome: string; planned: number; others: number }[];
  /** Those that are not plainly whole, the planned first. */
  notWhole?: PartitionVerdict[];
  /** Refined without being planned. */
  besides?: string[];
  errors?: LogError[];
};

/** Reading aggregated logs straight from HDFS. */
export function createYarnLogActivities({
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
  /** An application's aggregated files, in whichever layout the cluster writes. */
  async function files(
    applicationId: string,
    user: string,
  ): Promise<{ path: string; length: number }[]> {
    const bucket = applicationId.slice(-4);
    const root = `${config.yarn.logDir}/${user}`;
    const dirs = [
      `${root}/bucket-logs-tfile/${bucket}/${applicationId}`,
      `${root}/bucket-logs-ifile/${bucket}/${applicationId}`,
      `${root}/logs/${applicationId}`,
    ];
    const lists = await Promise.all(
      dirs.map(async (dir) =>
        ((await hdfs.list(dir)) ?? []).map((f) => ({
          path: `${dir}/${f.name}`,
          length: f.length,
        })),
      ),
    );
    return lists
      .flat()
      .filter((f) => !f.path.endsWith(".tmp") && !f.path.endsWith(".checksum"));
  }

  /** Waits until the logs are on HDFS. A cluster that had lost its file system meanwhile never gets to it: that is told, not waited for. */
  async function aggregated(
    applicationId: string,
  ): Promise<{ user: string; unread?: string }> {
    const deadline = Date.now() + config.yarn.aggregationSeconds * 1000;
    for (;;) {
      const app = await yarn.application(applicationId);
      const user = app?.user ?? config.hdfs.user;
      const state = app?.logAggregationStatus;
      if (state === "SUCCEEDED") return { user };
      if (/FAILED|TIME_OUT|DISABLED/.test(state ?? ""))
        return { user, unread: `YARN says of their aggregation: ${state}` };
      if (Date.now() > deadline)
        return {
          user,
          unread: `not aggregated after ${config.yarn.aggregationSeconds} s (${state ?? "YARN does not know the application"})`,
        };
      heartbeat({ aggregation: state });
      await sleep(500);
    }
  }

  async function seenLive(): Promise<[string, RefineStatus["kind"]][]> {
    return (await storage.read(sagaPlaces(sagaId()).refineLive)) ?? [];
  }

  return {
    /** Waits for aggregation, then reads what every container of every attempt says of partitions, and joins it with the plan. */
    async scanLogs(input: {
      applicationId: string;
      topics: PlannedTopic[];
      planRef?: string;
    }): Promise<LogScan> {
      const { user, ...aggregation } = await aggregated(input.applicationId);
      let { unread } = aggregation;
      const found = unread ? [] : await files(input.applicationId, user);
      if (!unread && found.length === 0)
        throw new Error(
          `HDFS at ${config.hdfs.webhdfs}: no aggregated logs of ${input.applicationId} below ${config.yarn.logDir}/${user}`,
        );
      const verdicts = new PartitionVerdicts();
      let lines = 0;
      await mapPool(found, 4, async ({ path }) => {
        try {
          for await (const { line, ...log } of yarnLogLines(
            await hdfs.open(path),
          )) {
            if (++lines % 10_000 === 0) heartbeat({ lines });
            verdicts.line(line, log);
          }
        } catch (error) {
          // A codec or a damage that another attempt would meet again.
          if (!(error instanceof FormatError)) throw error;
          unread = `${path}: ${error.message}`;
        }
      });
      if (unread)
        for (const [partition, kind] of await seenLive())
          verdicts.seen(partition, kind);
      const topics = await withHours(storage, input.topics, input.planRef);
      const all = verdicts.judge(
        topics.flatMap((t) =>
          t.hours.map((h) => `${config.naming.database}.${t.table} ${h}`),
        ),
      );
      const ref = await storage.write(sagaPlaces(sagaId()).partitions, all);
      const named = (of: (v: PartitionVerdict) => boolean) =>
        all.filter(of).map((v) => v.partition);
      const outcomes = [...new Set(all.map((v) => v.outcome))].map(
        (outcome) => {
          const of = all.filter((v) => v.outcome === outcome);
          const planned = of.filter((v) => v.planned).length;
          return { outcome, planned, others: of.length - planned };
        },
      );
      return {
        files: found.length,
        bytes: found.reduce((sum, f) => sum + f.length, 0),
        lines,
        finished: named(isWhole).length,
        failed: named((v) => v.outcome === "failed").slice(0, MOST),
        unexplained: named(isUnexplained).slice(0, MOST),
        records: all.reduce((sum, v) => sum + Math.max(0, v.records ?? 0), 0),
        ...(unread ? { unread } : {}),
        attempts: verdicts.attempts,
        containers: verdicts.containers.size,
        partitionsRef: ref,
        outcomes,
        notWhole: all.filter((v) => !isWhole(v)).slice(0, MOST),
        besides: named((v) => isWhole(v) && !v.planned).slice(0, MOST),
        errors: verdicts.logErrors,
      };
    },
  };
}
