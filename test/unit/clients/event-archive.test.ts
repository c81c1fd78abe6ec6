import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EventArchive } from "../../../clients/event-archive";

const RANGE = { since: "2018-06-26T18", until: "2018-06-26T20" };
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sisyphus-archive-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (schema: string, dt: string, n: number) =>
  JSON.stringify({
    dt,
    event: { n },
    revision: 1,
    schema,
    uuid: String(n).padStart(32, "0"),
    wiki: "enwiki",
  });
const archive = () =>
  new EventArchive([
    join(dir, "all-events.log"),
    join(dir, "all-events.log-*"),
  ]);

test("plain and gzipped files are one archive; a line cut short is named, not fatal", async () => {
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
  const found: string[] = [];
  const files = await archive().files();
  const unreadable = [];
  for (const file of files)
    unreadable.push(
      ...(
        await archive().scanFile(
          file,
          RANGE,
          (event, hour) => void found.push(`${event.schema} ${hour}`),
        )
      ).unreadable,
    );
  expect(found.sort()).toEqual([
    "Edit 2018-06-26T18",
    "Edit 2018-06-26T18",
    "Edit 2018-06-26T19",
  ]);
  expect(files).toHaveLength(2);
  expect(unreadable).toMatchObject([
    { line: 2, error: "not JSON (truncated or corrupt)" },
  ]);
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
  const { counted } = counting as unknown as { counted: Map<string, unknown> };
  expect(counted.size).toBe(1);
});

test("a file that is cut off is named, by counts and by a scan; what lies before is read", async () => {
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
  let found = 0;
  const scan = await archive().scanFile(cut, RANGE, () => void found++);
  expect(found).toBeGreaterThan(0);
  expect(scan.unreadable.at(-1)).toMatchObject({
    file: cut,
    line: scan.lines + 1,
  });
});

test("what a reader of events throws is its own, not the file's", async () => {
  const file = join(dir, "all-events.log");
  writeFileSync(file, line("Edit", "2018-06-26T19:00:00Z", 1));
  const ended = () => {
    throw new Error("told to end");
  };
  await expect(archive().scanFile(file, RANGE, ended)).rejects.toThrow(
    "told to end",
  );
});
