import { hdfsProbes } from "../../../../cli/checks/hdfs-rights";
import { tryAll } from "../../../../cli/checks/probe";
import { ProbeFile } from "../../../../cli/checks/probe-file";
import type { FileStatus } from "../../../../clients/hdfs/hdfs";
import { parseConfig } from "../../../../domain/settings/config";
import { directoryOf, nameOf } from "../../../../lib/paths";
import { settings } from "../../../support/settings";

const status = (path: string, type: FileStatus["type"]): FileStatus => ({
  name: nameOf(path),
  type,
  length: type === "FILE" ? 9 : 0,
  mtime: 0,
  owner: "x",
});

const denial = (path: string, access = "READ_EXECUTE") =>
  new Error(
    `HDFS at http://namenode:9870: AccessControlException: Permission denied: user=analytics, access=${access}, inode="${path}":hdfs:hadoop:drwxr-x---`,
  );

/** Files on HDFS, of which nothing may be done with some; every call is kept. */
class FakeHdfs {
  readonly files: Set<string>;
  readonly calls: string[] = [];
  /** What a call, such as `rename`, meets. */
  readonly faults = new Map<string, Error>();

  constructor(
    files: string[],
    private readonly refused: (call: string, path: string) => boolean = () =>
      false,
  ) {
    this.files = new Set(files);
  }

  private meet(call: string, path: string): void {
    this.calls.push(`${call} ${path}`);
    if (this.refused(call, path)) throw denial(path);
    const fault = this.faults.get(call);
    if (fault) throw fault;
  }

  private isFolder = (path: string) =>
    path === "/" || [...this.files].some((file) => file.startsWith(`${path}/`));

  async list(path: string): Promise<FileStatus[] | undefined> {
    this.meet("list", path);
    if (!this.isFolder(path)) return undefined;
    const prefix = path === "/" ? "/" : `${path}/`;
    const names = new Set(
      [...this.files]
        .filter((file) => file.startsWith(prefix))
        .map((file) => file.slice(prefix.length).split("/")[0]!),
    );
    return [...names].map((name) =>
      status(
        prefix + name,
        this.files.has(prefix + name) ? "FILE" : "DIRECTORY",
      ),
    );
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    this.meet("stat", path);
    if (this.files.has(path)) return status(path, "FILE");
    return this.isFolder(path) ? status(path, "DIRECTORY") : undefined;
  }

  async read(path: string): Promise<Buffer | undefined> {
    this.meet("read", path);
    return this.files.has(path) ? Buffer.from("x") : undefined;
  }

  async mayDo(path: string, action: string): Promise<boolean> {
    this.meet(`mayDo ${action}`, path);
    return this.isFolder(path);
  }

  async write(path: string): Promise<void> {
    this.meet("write", path);
    this.files.add(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.meet("rename", from);
    this.files.delete(from);
    this.files.add(to);
  }

  async remove(path: string): Promise<boolean> {
    this.meet("remove", path);
    return this.files.delete(path);
  }
}

const RAW = "/wmf/data/raw/eventlogging/eventlogging_Edit/hourly/2018/07";
const HOUR = "/wmf/data/event/Edit/year=2018/month=7/day=5/hour=10";
const HISTORY = "/wmf/camus/eventlogging-00/history";
const FILES = [
  `${RAW}/04/23/a.gz`,
  `${RAW}/05/03/b.gz`,
  "/wmf/data/event/Edit/year=2018/month=7/day=5/hour=9/part",
  `${HOUR}/_REFINED`,
  `${HOUR}/part`,
  `${HISTORY}/2018-07-05-03/offsets-m-00000`,
  "/wmf/data/sisyphus/latest/audit.json",
  "/var/log/hadoop-yarn/apps/analytics/logs/application_1/host",
];

const config = parseConfig(settings());
const probesOn = (hdfs: FakeHdfs, topics = ["eventlogging_Edit"]) =>
  hdfsProbes(config, hdfs, async () => topics);
const tried = (hdfs: FakeHdfs, topics?: string[]) =>
  tryAll(probesOn(hdfs, topics).probes);

test("who may do everything lacks nothing; the newest hours are looked at, and all is as it was", async () => {
  const hdfs = new FakeHdfs(FILES);
  const outcomes = await tried(hdfs);
  expect(Object.values(outcomes).map(({ state }) => state)).toEqual(
    Array(7).fill("ok"),
  );
  expect(hdfs.calls).toContain(`read ${RAW}/05/03/b.gz`);
  expect(hdfs.calls).toContain(`mayDo rwx ${HOUR}`);
  expect([...hdfs.files].sort()).toEqual([...FILES].sort());
  const changes = hdfs.calls.filter((call) => /^(?:write|rename)/.test(call));
  for (const change of changes)
    expect(change).toMatch(/ \/wmf\/data\/sisyphus\/sisyphus-check-[\w-]+$/);
});

test("a folder that may not be written to is told, with the exact grant", async () => {
  const hdfs = new FakeHdfs(FILES, (call, path) =>
    `${call} ${path}`.startsWith("mayDo rwx /wmf/data/event"),
  );
  const outcomes = await tried(hdfs);
  expect(outcomes.refinedRead).toMatchObject({ state: "ok" });
  expect(outcomes.refinedWrite).toMatchObject({
    state: "MISSING",
    why: expect.stringContaining(`inode="${HOUR}"`) as string,
    grant: [
      "hdfs dfs -setfacl -R -m user:analytics:rwx,default:user:analytics:rwx /wmf/data/event",
    ],
  });
});

test("runs and logs that may not be listed are told, and stop nothing else", async () => {
  const hdfs = new FakeHdfs(
    FILES,
    (call, path) =>
      call === "list" &&
      (path === HISTORY || path.startsWith("/var/log/hadoop-yarn")),
  );
  const outcomes = await tried(hdfs);
  expect(outcomes.historyRead).toMatchObject({
    grant: [
      `hdfs dfs -setfacl -R -m user:analytics:r-x,default:user:analytics:r-x ${HISTORY}`,
    ],
  });
  expect(outcomes.logsRead).toMatchObject({
    state: "MISSING",
    grant: [
      expect.stringMatching(/ \/var\/log\/hadoop-yarn\/apps\/analytics$/),
    ],
  });
  expect(outcomes.rawRead).toMatchObject({ state: "ok" });
});

test("an outage is no lacking right", async () => {
  const hdfs = new FakeHdfs(FILES);
  for (const call of ["list", "stat", "mayDo rwx"])
    hdfs.faults.set(call, new Error("no answer in 30 s"));
  for (const outcome of Object.values(await tried(hdfs)))
    expect(outcome).toMatchObject({
      state: "not tried",
      why: "no answer in 30 s",
    });
});

test("where Kafka tells of no topic, what lies beside one another is looked at", async () => {
  const hdfs = new FakeHdfs(FILES);
  const outcomes = await tried(hdfs, []);
  expect(outcomes.rawRead).toMatchObject({ state: "ok" });
  expect(hdfs.calls).toContain(`read ${RAW}/05/03/b.gz`);
});

test("a storage folder that is not there is not made, and the right to make it is asked about", async () => {
  const files = FILES.filter((file) => !file.includes("sisyphus"));
  const hdfs = new FakeHdfs(files);
  expect((await tried(hdfs)).storageWrite).toEqual({
    state: "ok",
    why: "/wmf/data/sisyphus does not exist yet, and may be made in /wmf/data",
  });
  expect(hdfs.calls.some((call) => call.startsWith("write"))).toBe(false);
  const refused = new FakeHdfs(files, (call) => call === "mayDo -wx");
  expect((await tried(refused)).storageWrite).toMatchObject({
    state: "MISSING",
    grant: [
      "hdfs dfs -mkdir -p /wmf/data/sisyphus",
      "hdfs dfs -chown analytics /wmf/data/sisyphus",
    ],
  });
});

test("the file is removed where renaming it fails", async () => {
  const hdfs = new FakeHdfs(FILES, (call) => call === "rename");
  const outcomes = await tried(hdfs);
  expect(outcomes.storageWrite).toMatchObject({
    state: "MISSING",
    grant: ["hdfs dfs -setfacl -m user:analytics:rwx /wmf/data/sisyphus"],
  });
  expect([...hdfs.files].sort()).toEqual([...FILES].sort());
});

test("the file is removed where writing it failed in the middle, and not looked for where it was refused", async () => {
  const broken = new FakeHdfs(FILES);
  broken.faults.set("write", new Error("socket hang up"));
  expect((await tried(broken)).storageWrite).toMatchObject({
    state: "not tried",
    why: "socket hang up",
  });
  expect(broken.calls.filter((call) => call.startsWith("remove"))).toHaveLength(
    2,
  );
  const refused = new FakeHdfs(FILES, (call) => call === "write");
  expect((await tried(refused)).storageWrite).toMatchObject({
    state: "MISSING",
  });
  expect(refused.calls.some((call) => call.startsWith("remove"))).toBe(false);
});

test("a file that cannot be removed is named", async () => {
  const hdfs = new FakeHdfs(FILES, (call) => call === "remove");
  const { storageWrite } = await tried(hdfs);
  expect(storageWrite).toMatchObject({ state: "MISSING" });
  expect(storageWrite?.why).toMatch(
    /sisyphus-check-[\w-]+ \(or .*\.renamed\) may be left behind/,
  );
});

test("whoever stops it in the middle waits until the file is gone", async () => {
  const hdfs = new FakeHdfs([]);
  let written = () => undefined as void;
  const write = hdfs.write.bind(hdfs);
  hdfs.write = async (path) => {
    await new Promise<void>((resolve) => (written = resolve));
    await write(path);
  };
  const file = new ProbeFile(hdfs, "/s");
  const run = file.run();
  const stopped = file.stop();
  written();
  await stopped;
  expect([...hdfs.files]).toEqual([]);
  expect(hdfs.calls.some((call) => call.startsWith("rename"))).toBe(false);
  await run;
  expect(directoryOf(file.path)).toBe("/s");
});

test("a check that was stopped begins no file", async () => {
  const hdfs = new FakeHdfs(FILES);
  const { probes, stop } = probesOn(hdfs);
  await stop();
  await tryAll(probes);
  expect(hdfs.calls.some((call) => call.startsWith("write"))).toBe(false);
});

test("a storage folder that one may not go through to lacks a right", async () => {
  const hdfs = new FakeHdfs(FILES);
  const stat = hdfs.stat.bind(hdfs);
  hdfs.stat = async (path) => {
    if (path.startsWith("/wmf/data/")) throw denial("/wmf/data", "EXECUTE");
    return stat(path);
  };
  expect((await tried(hdfs)).storageWrite).toMatchObject({
    state: "MISSING",
    grant: [
      "hdfs dfs -setfacl -m user:analytics:--x /wmf/data",
      "hdfs dfs -setfacl -m user:analytics:rwx /wmf/data/sisyphus",
    ],
  });
});

test("a right to read is not there because folders without a file may be listed", async () => {
  const flags = [`${RAW}/05/03/_tmp`, `${HOUR}/_REFINED`, `${HISTORY}/a/_tmp`];
  const hdfs = new FakeHdfs(flags, (call) => call === "read");
  const { rawRead, refinedRead, refinedWrite, historyRead } = await tried(hdfs);
  for (const outcome of [rawRead, refinedRead])
    expect(outcome).toMatchObject({
      state: "not tried",
      why: "nothing lies in the newest of one folder that could be tried",
    });
  expect(historyRead).toMatchObject({ state: "not tried" });
  expect(refinedWrite).toMatchObject({ state: "ok" });
});
