import {
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveFile } from "../../../clients/archive-files";
import { EventArchive } from "../../../clients/event-archive";
import { until } from "../../../sandbox/platform/wait";

const RANGE = { since: "2018-06-26T18", until: "2018-06-26T20" };
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sisyphus-archive-"));
});
const opened: EventArchive[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  rmSync(dir, { recursive: true });
});

const line = (schema: string, dt: string, n: number) =>
  JSON.stringify({
    dt,
    event: { n },
    revision: 1,
    schema,
    uuid: String(n).padStart(32, "0"),
    wiki: "enwiki",
  });
const archive = () => {
  const made = new EventArchive([
    join(dir, "all-events.log"),
    join(dir, "all-events.log-*"),
  ]);
  opened.push(made);
  return made;
};

test("plain and gzipped files are one archive; a line cut short costs only itself", async () => {
  const old = [
    line("Edit", "2018-06-26T18:00:00Z", 1),
    line("Edit", "2018-06-26T18:10:00Z", 2),
  ];
  writeFileSync(
    join(dir, "all-events.log-20180627.gz"),
    gzipSync(old.join("\n")),
  );
  const now = [
    line("Edit", "2018-06-26T19:00:00Z", 3),
    line("Edit", "2018-06-26T19:30:00Z", 4).slice(0, 40),
    line("Popups", "2018-06-26T20:00:00Z", 5),
  ];
  writeFileSync(join(dir, "all-events.log"), now.join("\n"));
  expect(await archive().files()).toHaveLength(2);
  const { bySchema, unreadable } = await archive().counts(RANGE);
  expect(bySchema.get("Edit")).toEqual(
    new Map([
      ["2018-06-26T18", 2],
      ["2018-06-26T19", 1],
    ]),
  );
  expect(unreadable).toEqual([]);
});

test("a log half-way through its compression is not read twice", async () => {
  const text = line("Edit", "2018-06-26T18:00:00Z", 1);
  writeFileSync(join(dir, "all-events.log-20180627"), text);
  writeFileSync(join(dir, "all-events.log-20180627.gz"), gzipSync(text));
  expect(await archive().files()).toEqual([
    join(dir, "all-events.log-20180627.gz"),
  ]);
});

test("counts are of distinct events, and tell how far the archive reaches back", async () => {
  const lines = [
    line("Edit", "2018-06-26T18:00:00Z", 1),
    line("Edit", "2018-06-26T18:00:00Z", 1),
    line("Edit", "2018-06-26T18:30:00Z", 2),
    line("Edit", "2018-06-25T05:30:00Z", 3),
  ];
  writeFileSync(join(dir, "all-events.log"), lines.join("\n"));
  const counts = await archive().counts(RANGE);
  expect(counts.bySchema.get("Edit")).toEqual(new Map([["2018-06-26T18", 2]]));
  expect(counts.begins).toBe("2018-06-25T05");
  rmSync(join(dir, "all-events.log"));
  expect((await archive().counts(RANGE)).begins).toBeUndefined();
});

test("an event whose time cannot be does not make the archive reach back", async () => {
  const file = join(dir, "all-events.log");
  const good = line("Edit", "2018-06-26T18:00:00Z", 1);
  const inUnit = (timestamp: number) =>
    JSON.stringify({
      ...(JSON.parse(good) as object),
      dt: undefined,
      timestamp,
      uuid: String(timestamp).padStart(32, "0"),
    });
  writeFileSync(
    file,
    [
      good,
      line("Other", "1970-01-01T00:00:00Z", 2),
      inUnit(Date.parse("2018-06-26T18:30:00Z")),
      inUnit(Date.parse("2018-06-26T18:30:00Z") * 1000),
      inUnit(1e18),
    ].join("\n"),
  );
  const { begins, bySchema } = await archive().counts(RANGE);
  expect(begins).toBe("2018-06-26T18");
  expect(bySchema.get("Edit")).toEqual(new Map([["2018-06-26T18", 3]]));
});

test("a growing log is kept in memory as it is, not as it was at each look", async () => {
  const file = join(dir, "all-events.log");
  const counting = archive();
  let text = "";
  for (let n = 1; n <= 3; n++) {
    text += `${line("Edit", "2018-06-26T18:00:00Z", n)}\n`;
    writeFileSync(file, text);
    const { bySchema } = await counting.counts(RANGE);
    expect(bySchema.get("Edit")?.get("2018-06-26T18")).toBe(n);
  }
  const { indexed } = counting as unknown as { indexed: Map<string, unknown> };
  expect(indexed.size).toBe(1);
});

/** Lines of so many different events, in hours from 2018-06-26T00 on. */
const many = (events: number, hours = 1, first = 0) =>
  Array.from({ length: events }, (_, i) => {
    const hour = String(i % hours).padStart(2, "0");
    return line("Edit", `2018-06-26T${hour}:00:00Z`, first + i);
  });
const DAY = { since: "2018-06-26T00", until: "2018-06-27T00" };

test("events of several files are counted once, also beyond what is held in memory", async () => {
  const older = join(dir, "all-events.log-20180627");
  writeFileSync(older, many(10_000, 2).join("\n"));
  writeFileSync(
    join(dir, "all-events.log"),
    // Half of them are in the older file as well, and each is there twice.
    [...many(10_000, 2, 5000), ...many(10_000, 2, 5000)].join("\n"),
  );
  const counting = archive();
  const hours = async () =>
    Object.fromEntries((await counting.counts(DAY)).bySchema.get("Edit") ?? []);
  const both = { "2018-06-26T00": 7500, "2018-06-26T01": 7500 };
  expect(await hours()).toEqual(both);
  // What was counted is remembered, and forgotten with its file.
  expect(await hours()).toEqual(both);
  rmSync(older);
  expect(await hours()).toEqual({
    "2018-06-26T00": 5000,
    "2018-06-26T01": 5000,
  });
});

test("files that are rotated while they are counted are all counted", async () => {
  const log = join(dir, "all-events.log");
  writeFileSync(log, many(6000).join("\n"));
  writeFileSync(`${log}-1`, many(10, 1, 6000).join("\n"));
  let isRotated = false;
  const { bySchema, unreadable } = await archive().counts(DAY, () => {
    if (isRotated) return;
    isRotated = true;
    renameSync(`${log}-1`, `${log}-2`);
    renameSync(log, `${log}-1`);
    writeFileSync(log, many(1, 1, 6010).join("\n"));
  });
  expect(bySchema.get("Edit")?.get("2018-06-26T00")).toBe(6011);
  expect(unreadable).toEqual([]);
});

test("where files are rotated all the while, no count is given as a fact", async () => {
  const log = join(dir, "all-events.log");
  writeFileSync(log, many(5000).join("\n"));
  let rotations = 0;
  const { unreadable } = await archive().counts(DAY, () => {
    renameSync(log, `${log}-${++rotations}`);
    writeFileSync(log, many(5000).join("\n"));
  });
  expect(unreadable).toEqual([
    "the archive's files were rotated while they were read",
  ]);
});

const openFiles = () => readdirSync("/proc/self/fd").length;

test("a count that was told to end reads no further, and leaves no file open", async () => {
  writeFileSync(
    join(dir, "all-events.log-20180627.gz"),
    gzipSync(many(20_000).join("\n")),
  );
  const counting = archive();
  const before = openFiles();
  let beats = 0;
  const ended = () => {
    if (++beats === 2) throw new Error("told to end");
  };
  await expect(counting.counts(DAY, ended)).rejects.toThrow("told to end");
  expect(beats).toBe(2);
  await until("files to be closed", 10, () => openFiles() === before);
  // The next attempt counts all the same.
  const { bySchema } = await counting.counts(DAY);
  expect(bySchema.get("Edit")?.get("2018-06-26T00")).toBe(20_000);
});

test("calls that come together each get the counts, and read each file once", async () => {
  writeFileSync(join(dir, "all-events.log"), many(20_000).join("\n"));
  const counting = archive();
  // A call that waits beats by the clock: here the beats of reading alone count.
  const clock = jest
    .spyOn(globalThis, "setInterval")
    .mockReturnValue(undefined as never);
  const beats = [0, 0, 0];
  const all = await Promise.all(
    beats.map((_, i) => counting.counts(DAY, () => void beats[i]!++)),
  );
  for (const { bySchema } of all)
    expect(bySchema.get("Edit")?.get("2018-06-26T00")).toBe(20_000);
  expect(beats[0]).toBeGreaterThan(0);
  expect(beats.slice(1)).toEqual([0, 0]);
  clock.mockRestore();
});

test("a file that is cut off is named; what others hold is counted", async () => {
  const cut = join(dir, "all-events.log-20180627.gz");
  const lines = Array.from({ length: 5000 }, (_, n) =>
    line("Edit", "2018-06-26T18:00:00Z", n),
  );
  writeFileSync(cut, gzipSync(lines.join("\n")).subarray(0, -20_000));
  writeFileSync(
    join(dir, "all-events.log"),
    line("Edit", "2018-06-26T19:00:00Z", 5001),
  );
  const { unreadable, bySchema } = await archive().counts(RANGE);
  expect(unreadable).toEqual([
    `${cut} cannot be read to its end: unexpected end of file`,
  ]);
  expect(bySchema.get("Edit")?.get("2018-06-26T19")).toBe(1);
});

test("files are opened as they are at one moment, though a log is rotated meanwhile", async () => {
  const log = join(dir, "all-events.log");
  writeFileSync(log, line("Edit", "2018-06-26T18:00:00Z", 1));
  writeFileSync(`${log}-20180626`, line("Edit", "2018-06-26T18:00:00Z", 2));
  const open = ArchiveFile.open.bind(ArchiveFile);
  let isRotated = false;
  jest.spyOn(ArchiveFile, "open").mockImplementation((path) => {
    if (!isRotated) {
      renameSync(log, `${log}-20180627`);
      writeFileSync(log, "");
    }
    isRotated = true;
    return open(path);
  });
  const { files, closed } = await archive().open();
  const names = files.map(({ path }) => path.slice(dir.length + 1));
  await Promise.all(files.map((file) => file.close()));
  jest.restoreAllMocks();
  expect(closed).toEqual([]);
  expect(names).toEqual([
    "all-events.log",
    "all-events.log-20180626",
    "all-events.log-20180627",
  ]);
});
