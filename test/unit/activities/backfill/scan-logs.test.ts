import { MockActivityEnvironment } from "@temporalio/testing";
import { createScanLogsActivities } from "../../../../activities/backfill/scan-logs";
import { RECORDED_BYTES } from "../../../../activities/backfill/log-reading";
import { type Place, sagaPlaces } from "../../../../clients/storage-layout";
import type { LogScan } from "../../../../domain/backfill/log-scan";
import type { PlannedTopic } from "../../../../domain/backfill/plan";

const ID = "application_1530000000000_0007";
const DIR = `/logs/analytics/site/${ID}`;
const EDIT = (hour: number) =>
  `/raw/0${hour} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=${hour})`;
const logOf = (hour: number, container = 1) =>
  `Container: container_1530000000000_0007_01_00000${container} on node1_8041
LogType:stderr
LogLength:1
LogContents:
18/07/05 12:00:01 INFO Refine: Finished refinement of dataset ${EDIT(hour)}. (# refined records: 5)
18/07/05 12:00:02 ERROR Refine: executor 1 was lost
End of LogType:stderr
`;
const LOG = logOf(1);
const LIVE = [["event.edit 2018-07-05T02", "finished"]];

/**
 * Scans the logs of an application of which YARN says something, where HDFS has some files and the driver was seen live.
 * @param lengths of files, bytes, where HDFS tells of others than they have
 * @param open is called with the name of each file that is opened
 * @param stored what storage holds, by path
 */
function scan(
  logAggregationStatus: string | undefined,
  files: Record<string, string>,
  lengths: Record<string, number> = {},
  open: (name: string) => unknown = () => undefined,
  stored = new Map<string, unknown>(),
): Promise<LogScan> {
  const entry = (name: string, type: string) => ({
    name,
    type,
    length: lengths[name] ?? 10,
  });
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
        const name = path.slice(DIR.length + 1);
        await open(name);
        const bytes = Buffer.from(files[name]!);
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
      read: async ({ name }: Place<unknown>) =>
        name === sagaPlaces("").refineLive.name ? LIVE : stored.get(name),
      write: async ({ name }: Place<unknown>, value: unknown) => {
        stored.set(name, structuredClone(value));
        return name;
      },
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
    expect(found).toMatchObject({ files: 1, records: 5 });
    expect(found.unread).toContain(state);
    expect(found.unread).toContain("may be incomplete");
    // What the logs lack was seen live.
    expect(found.unexplained).toEqual([]);
  }
});

test("logs that YARN has aggregated are read, and are whole", async () => {
  const found = await scan("SUCCEEDED", { node1_8041: LOG });
  expect(found).toMatchObject({ files: 1, finished: 1 });
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

test("an attempt that takes over reads no file again whose statements are recorded, and says the same", async () => {
  const files = { a: logOf(1), b: logOf(2, 2), c: logOf(2, 3) };
  const lengths = { a: RECORDED_BYTES };
  const stored = new Map<string, unknown>();
  const whole = await scan("SUCCEEDED", files, lengths);
  const opened: string[] = [];
  await expect(
    scan(
      "SUCCEEDED",
      files,
      lengths,
      async (name) => {
        opened.push(name);
        if (name !== "b") return;
        while (stored.size === 0) await new Promise(setImmediate);
        throw new Error("the worker is killed");
      },
      stored,
    ),
  ).rejects.toThrow("killed");
  opened.length = 0;
  const again = await scan(
    "SUCCEEDED",
    files,
    lengths,
    (name) => opened.push(name),
    stored,
  );
  expect(opened).toEqual(["b", "c"]);
  expect(again).toEqual(whole);
  expect(again).toMatchObject({
    files: 3,
    containers: 3,
    errors: [{ text: "Refine: executor 1 was lost", times: 3 }],
  });
});

test("a file that has grown since it was recorded is read again", async () => {
  const stored = new Map<string, unknown>();
  const lengths = { a: RECORDED_BYTES };
  await scan("SUCCEEDED", { a: logOf(1) }, lengths, undefined, stored);
  const grown = await scan(
    "SUCCEEDED",
    { a: logOf(1) + logOf(2, 2) },
    { a: RECORDED_BYTES + 1 },
    undefined,
    stored,
  );
  expect(grown).toMatchObject({ finished: 2, containers: 2 });
  expect(grown.errors).toMatchObject([{ times: 2 }]);
});

test("what a damaged file says before its damage counts once, also after another attempt", async () => {
  const cut = `${LOG}${logOf(2, 2)}`.replace(/End of [^\n]*\n$/, "").replace("LogLength:1\nLogContents:\n18/07/05 12:00:01 INFO Refine: Finished refinement of dataset /raw/02", "LogLength:99999\nLogContents:\n18/07/05 12:00:01 INFO Refine: Finished refinement of dataset /raw/02"); // prettier-ignore
  const stored = new Map<string, unknown>();
  const files = { a: logOf(1, 3), b: cut };
  for (let attempt = 0; attempt < 2; attempt++) {
    const found = await scan("SUCCEEDED", files, { a: RECORDED_BYTES }, undefined, stored); // prettier-ignore
    expect(found.unread).toContain("ends early");
    expect(found).toMatchObject({ finished: 2, errors: [{ times: 3 }] });
  }
});
