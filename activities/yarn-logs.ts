import { heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../domain/config";
import type { PlannedTopic } from "../domain/plan";
import { parseRefineStatus } from "../formats/refine-log-line";
import { yarnLogLines } from "../formats/yarn-log";
import type { Hdfs } from "./hdfs";
import { mapPool } from "./pool";
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
};

const AGGREGATION_SECONDS = 120;

/** Reading aggregated logs straight from HDFS. */
export function createYarnLogActivities({
  config,
  hdfs,
  yarn,
}: {
  config: Config;
  hdfs: Hdfs;
  yarn: Yarn;
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

  return {
    /** Waits for aggregation, then reads Refine's status lines; the last status of a partition counts. */
    async scanLogs(input: {
      applicationId: string;
      topics: PlannedTopic[];
    }): Promise<LogScan> {
      const deadline = Date.now() + AGGREGATION_SECONDS * 1000;
      let user = config.hdfs.user;
      for (;;) {
        const app = await yarn.application(input.applicationId);
        if (app) user = app.user;
        if (
          app &&
          /SUCCEEDED|FAILED|TIME_OUT|DISABLED/.test(app.logAggregationStatus)
        )
          break;
        if (Date.now() > deadline)
          throw new Error(
            `YARN at ${config.yarn.resourceManager}: logs of ${input.applicationId} are not aggregated after ${AGGREGATION_SECONDS} s (${app?.logAggregationStatus})`,
          );
        heartbeat({ aggregation: app?.logAggregationStatus });
        await sleep(500);
      }
      const found = await files(input.applicationId, user);
      if (found.length === 0)
        throw new Error(
          `HDFS at ${config.hdfs.webhdfs}: no aggregated logs of ${input.applicationId} below ${config.yarn.logDir}/${user}`,
        );
      const status = new Map<string, { kind: string; records: number }>();
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
      const planned = input.topics.flatMap((t) =>
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
      };
    },
  };
}
