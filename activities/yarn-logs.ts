import { activityInfo, heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../domain/config";
import type { PlannedTopic } from "../domain/plan";
import { parseRefineStatus } from "../formats/refine-log-line";
import { yarnLogLines } from "../formats/yarn-log";
import type { Hdfs } from "./hdfs";
import { mapPool } from "./pool";
import { withHours } from "./plan-store";
import { LIVE_STATUS } from "./refine";
import type { Storage } from "./storage";
import type { Yarn } from "./yarn";

export type LogScan = {
  files: number;
  bytes: number;
  lines: number;
  finished: number;
  failed: string[];
  /** Planned partitions that no status line names. */
  unexplained: string[];
  records: number;
  /** Why the aggregated logs could not be read; what is told then is what was seen while the application ran. */
  unread?: string;
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

  async function seenLive(): Promise<[string, string][]> {
    const text = await storage.get(
      activityInfo().workflowExecution!.workflowId,
      LIVE_STATUS,
    );
    return text === undefined ? [] : (JSON.parse(text) as [string, string][]);
  }

  return {
    /** Waits for aggregation, then reads Refine's status lines; the last status of a partition counts. */
    async scanLogs(input: {
      applicationId: string;
      topics: PlannedTopic[];
      planRef?: string;
    }): Promise<LogScan> {
      const { user, unread } = await aggregated(input.applicationId);
      const found = unread ? [] : await files(input.applicationId, user);
      if (!unread && found.length === 0)
        throw new Error(
          `HDFS at ${config.hdfs.webhdfs}: no aggregated logs of ${input.applicationId} below ${config.yarn.logDir}/${user}`,
        );
      const status = new Map<string, { kind: string; records: number }>();
      if (unread)
        for (const [place, kind] of await seenLive())
          status.set(place, { kind, records: 0 });
      let lines = 0;
      await mapPool(found, 4, async ({ path }) => {
        for await (const { line } of yarnLogLines(await hdfs.open(path))) {
          if (++lines % 10_000 === 0) heartbeat({ lines });
          const s = parseRefineStatus(line);
          if (s)
            status.set(`${s.table} ${s.hour}`, {
              kind: s.kind,
              records: s.records ?? 0,
            });
        }
      });
      const topics = await withHours(storage, input.topics, input.planRef);
      const planned = topics.flatMap((t) =>
        t.hours.map((h) => `${config.naming.database}.${t.table} ${h}`),
      );
      return {
        files: found.length,
        bytes: found.reduce((sum, f) => sum + f.length, 0),
        lines,
        finished: [...status.values()].filter((s) => s.kind === "finished")
          .length,
        failed: [...status]
          .filter(([, s]) => s.kind === "failed")
          .map(([p]) => p),
        unexplained: planned.filter((p) => !status.has(p)),
        records: [...status.values()].reduce(
          (sum, s) => sum + Math.max(0, s.records),
          0,
        ),
        ...(unread ? { unread } : {}),
      };
    },
  };
}
