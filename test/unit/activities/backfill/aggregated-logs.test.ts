import { MockActivityEnvironment } from "@temporalio/testing";
import {
  aggregatedLogFiles,
  awaitAggregation,
} from "../../../../activities/backfill/aggregated-logs";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import type { Application } from "../../../../clients/yarn/yarn";

const ID = "application_1530000000000_0007";
const OWNER = { logDir: "/logs", applicationId: ID, user: "analytics" };

const withFiles = (dir: string, names: string[]): Pick<Hdfs, "list"> => ({
  list: async (path) =>
    path === dir
      ? names.map((name) => ({
          name,
          type: "FILE" as const,
          length: 10,
          mtime: 0,
          owner: "yarn",
        }))
      : undefined,
});

test.each([
  `/logs/analytics/bucket-logs-tfile/0007/${ID}`,
  `/logs/analytics/bucket-logs-ifile/0007/${ID}`,
  `/logs/analytics/logs/${ID}`,
])("logs in %s are found", async (dir) => {
  expect(
    await aggregatedLogFiles(
      withFiles(dir, ["node1_8041", "node2_8041"]),
      OWNER,
    ),
  ).toEqual([
    { path: `${dir}/node1_8041`, length: 10 },
    { path: `${dir}/node2_8041`, length: 10 },
  ]);
});

test("what is half written, and the checksum that a cut-off NodeManager leaves behind, are no logs", async () => {
  const dir = `/logs/analytics/bucket-logs-ifile/0007/${ID}`;
  const hdfs = withFiles(dir, [
    "node1_8041_1530000000000",
    "node1_8041-checksum",
    "node2_8041.tmp",
  ]);
  expect((await aggregatedLogFiles(hdfs, OWNER)).map((f) => f.path)).toEqual([
    `${dir}/node1_8041_1530000000000`,
  ]);
});

const awaited = (
  app: Partial<Application> | undefined,
): Promise<{ user?: string; unreadable?: string }> =>
  new MockActivityEnvironment().run(() =>
    awaitAggregation(
      { application: async () => app as Application | undefined },
      ID,
      -1,
    ),
  );

test("aggregated logs are those of the user who ran the application", async () => {
  expect(
    await awaited({ user: "analytics", logAggregationStatus: "SUCCEEDED" }),
  ).toEqual({ user: "analytics" });
});

test("logs that never come are not waited for, and the reason is given", async () => {
  expect(
    await awaited({ user: "analytics", logAggregationStatus: "TIME_OUT" }),
  ).toEqual({
    user: "analytics",
    unreadable: "YARN says of their aggregation: TIME_OUT",
  });
  expect(
    (await awaited({ user: "a", logAggregationStatus: "RUNNING" })).unreadable,
  ).toContain("not aggregated after");
  expect((await awaited(undefined)).unreadable).toContain(
    "YARN does not know the application",
  );
});
