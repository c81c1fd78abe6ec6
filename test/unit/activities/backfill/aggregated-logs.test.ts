import { MockActivityEnvironment } from "@temporalio/testing";
import {
  aggregatedLogFiles,
  awaitAggregation,
} from "../../../../activities/backfill/aggregated-logs";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import type { Application } from "../../../../clients/yarn/yarn";

const ID = "application_1530000000000_0007";
const OWNER = { logDir: "/logs", applicationId: ID, user: "analytics" };

const entry = (name: string, type: "FILE" | "DIRECTORY", length: number) => ({
  name,
  type,
  length,
  mtime: 0,
  owner: "yarn",
});

/** An HDFS that has files of ten bytes in one folder; the folders above it can be listed as well. */
const withFiles = (dir: string, names: string[]): Pick<Hdfs, "list"> => ({
  list: async (path) => {
    if (path === dir) return names.map((name) => entry(name, "FILE", 10));
    if (!dir.startsWith(`${path}/`)) return undefined;
    const [below] = dir.slice(path.length + 1).split("/");
    return [entry(below!, "DIRECTORY", 0)];
  },
});

test.each([
  `/logs/analytics/bucket-logs-tfile/0007/${ID}`,
  `/logs/analytics/bucket-logs-ifile/0007/${ID}`,
  `/logs/analytics/bucket-logs/0007/${ID}`,
  `/logs/analytics/logs-tfile/${ID}`,
  `/logs/analytics/logs-ifile/${ID}`,
  `/logs/analytics/logs/${ID}`,
  `/logs/analytics/app-logs/${ID}`,
  `/logs/analytics/bucket-app-logs-tfile/0007/${ID}`,
  `/logs/analytics/bucket-analytics/0007/${ID}`,
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

test("a controller's own root is looked in, and what is configured where the user's folder may not be listed", async () => {
  const dir = `/ifile/analytics/bucket-by/site/0007/${ID}`;
  const { list } = withFiles(dir, ["node1_8041"]);
  const hdfs: Pick<Hdfs, "list"> = {
    list: async (path) => {
      if (path.endsWith("/analytics"))
        throw new Error("AccessControlException: Permission denied");
      return list(path);
    },
  };
  const owner = { ...OWNER, moreLogDirs: ["/ifile"] };
  expect(await aggregatedLogFiles(hdfs, owner)).toEqual([]);
  expect(
    await aggregatedLogFiles(hdfs, { ...owner, logDirSuffixes: ["by/site"] }),
  ).toEqual([{ path: `${dir}/node1_8041`, length: 10 }]);
});

test("an HDFS that does not answer is no user without folders", async () => {
  const list = async (path: string) => {
    if (path.endsWith("/analytics")) throw new Error("connection refused");
    return undefined;
  };
  await expect(aggregatedLogFiles({ list }, OWNER)).rejects.toThrow("refused");
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
