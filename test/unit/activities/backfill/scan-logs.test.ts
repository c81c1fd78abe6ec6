import { MockActivityEnvironment } from "@temporalio/testing";
import { createScanLogsActivities } from "../../../../activities/backfill/scan-logs";
import type { LogScan } from "../../../../domain/backfill/log-scan";
import type { PlannedTopic } from "../../../../domain/backfill/plan";

const ID = "application_1530000000000_0007";
const DIR = `/logs/analytics/site/${ID}`;
const EDIT = (hour: number) =>
  `/raw/0${hour} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=${hour})`;
const LOG = `Container: container_1530000000000_0007_01_000001 on node1_8041
LogType:stderr
LogLength:1
LogContents:
18/07/05 12:00:01 INFO Refine: Finished refinement of dataset ${EDIT(1)}. (# refined records: 5)
End of LogType:stderr
`;

/** Scans the logs of an application of which YARN says something, where HDFS has some files and the driver was seen live. */
function scan(
  logAggregationStatus: string | undefined,
  files: Record<string, string>,
): Promise<LogScan> {
  const entry = (name: string, type: string) => ({ name, type, length: 10 });
  const deps = {
    config: {
      naming: { database: "event" },
      yarn: {
        logDir: "/logs",
        moreLogDirs: [],
        logDirSuffixes: [],
        aggregationSeconds: -1,
      },
      hdfs: { user: "sisyphus", webhdfs: "http://nn:9870" },
    },
    hdfs: {
      list: async (path: string) =>
        path === "/logs/analytics"
          ? [entry("site", "DIRECTORY")]
          : path === DIR
            ? Object.keys(files).map((name) => entry(name, "FILE"))
            : undefined,
      open: async (path: string) => {
        const bytes = Buffer.from(files[path.slice(DIR.length + 1)]!);
        return {
          size: bytes.length,
          read: async (at: number, n: number) => bytes.subarray(at, at + n),
        };
      },
    },
    yarn: {
      application: async () =>
        logAggregationStatus && { user: "analytics", logAggregationStatus },
    },
    storage: {
      read: async () => [["event.edit 2018-07-05T02", "finished"]],
      write: async () => "/partitions",
    },
  };
  const topics = [
    { table: "edit", hours: ["2018-07-05T01", "2018-07-05T02"] },
  ] as PlannedTopic[];
  const activities = createScanLogsActivities(deps as never);
  return new MockActivityEnvironment().run(activities.scanLogs, {
    applicationId: ID,
    topics,
  });
}

test("of logs whose aggregation YARN gave up, what is there is read, and said to be incomplete", async () => {
  for (const state of ["TIME_OUT", "FAILED", "RUNNING"]) {
    const found = await scan(state, { node1_8041: LOG });
    expect(found).toMatchObject({ files: 1, lines: 1, records: 5 });
    expect(found.unread).toContain(state);
    expect(found.unread).toContain("may be incomplete");
    // What the logs lack was seen live.
    expect(found.unexplained).toEqual([]);
  }
});

test("logs that YARN has aggregated are read, and are whole", async () => {
  const found = await scan("SUCCEEDED", { node1_8041: LOG });
  expect(found).toMatchObject({ files: 1, lines: 1, finished: 1 });
  expect(found).not.toHaveProperty("unread");
});

test("where nothing is there, the scan says why and goes by what was seen live", async () => {
  expect(await scan("TIME_OUT", { "node1_8041.tmp": "half" })).toMatchObject({
    files: 0,
    unread: "YARN says of their aggregation: TIME_OUT",
    finished: 1,
  });
});

test("a file that is damaged is told beside an aggregation that was given up", async () => {
  const { unread } = await scan("TIME_OUT", { node1_8041: "\x00\x01" });
  expect(unread).toMatch(/TIME_OUT.*not an aggregated YARN log/);
});

test("logs that YARN has aggregated and nobody finds are an error that names where it looked", async () => {
  const lost = scan("SUCCEEDED", {});
  for (const dir of [
    DIR,
    `/logs/analytics/bucket-logs-tfile/0007/${ID}`,
    `/logs/analytics/logs-ifile/${ID}`,
  ])
    await expect(lost).rejects.toThrow(dir);
});
