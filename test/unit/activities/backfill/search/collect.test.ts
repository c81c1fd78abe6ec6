import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MockActivityEnvironment } from "@temporalio/testing";
import fc from "fast-check";
import { ArchiveKeys } from "../../../../../activities/backfill/search/archive-keys";
import { createCollectActivities } from "../../../../../activities/backfill/search/collect";
import { archiveLines, datedEvent } from "../../../../../clients/archive-files";
import { EventArchive } from "../../../../../clients/event-archive";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { inRange } from "../../../../../lib/hour";
import { parseCandidate } from "../../../../../formats/candidate";
import { MemoryFiles } from "../../../../support/memory-hdfs";
import { CAPSULES } from "../../../../../formats/eventlogging/capsules";

const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };
const EDIT = { topic: "eventlogging_Edit", schema: "Edit" };
const POPUPS = { topic: "eventlogging_Popups", schema: "Popups" };

const line = (schema: string, digit: string, hour: string) =>
  `${JSON.stringify({
    dt: `2018-07-05T${hour}:30:00Z`,
    event: {},
    revision: 1,
    schema,
    uuid: digit.repeat(32),
    wiki: "enwiki",
  })}\n`;

let dir: string;
let log: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "collect-test-"));
  log = join(dir, "all-events.log");
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(dir, { recursive: true });
});

function host() {
  const files = new MemoryFiles();
  const storage = new Storage(files.hdfs, "/sisyphus");
  const archive = new EventArchive([join(dir, "*")]);
  const activities = createCollectActivities({
    config: {
      archive: { host: "eventlog1002:1" },
      search: { memoryMb: 128 },
    },
    archive,
    hdfs: files.hdfs,
    storage,
  } as unknown as Parameters<typeof createCollectActivities>[0]);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
  });
  return {
    files,
    /** A reference to lines of `heldLine` that were collected. */
    hold: async (lines: string[]): Promise<string> => {
      const ref = `/held-${files.texts.size}`;
      files.texts.set(ref, lines.map((each) => `${each}\n`).join(""));
      const held: Collected = {
        refs: [ref],
        lines: lines.length,
        files: [],
        unreadable: [],
      };
      files.texts.set(`${ref}.json`, JSON.stringify(held));
      return `${ref}.json`;
    },
    collect: (
      input: Parameters<typeof activities.collectArchive>[0],
    ): Promise<{ ref: string; refs: string[] }> =>
      env.run(activities.collectArchive, input),
    mysql: (): Promise<{ ref: string }> =>
      env.run(activities.collectMysql, { topics: [EDIT], range: RANGE }),
    collected: (ref: string) => storage.readRef<Collected>(ref),
    /** The candidates' lines that a reference leads to. */
    texts: async (ref: string) => {
      const { refs } = await storage.readRef<Collected>(ref);
      const all = await Promise.all(refs.map((r) => storage.readRefText(r)));
      return all.flatMap((text) => text.split("\n").slice(0, -1));
    },
    /** Topic and the uuid's digit of every candidate that a reference leads to. */
    candidates: async (ref: string) => {
      const { refs } = await storage.readRef<Collected>(ref);
      const texts = await Promise.all(refs.map((r) => storage.readRefText(r)));
      return texts
        .flatMap((text) => text.split("\n").slice(0, -1))
        .map(parseCandidate)
        .map(({ topic, uuid }) => `${topic} ${uuid[0]}`);
    },
  };
}

test("the archive gives the events of the topics and hours that are searched, and names the lines that are none", async () => {
  await writeFile(
    log,
    [
      line("Edit", "a", "01"),
      line("Edit", "b", "03"),
      line("Other", "c", "01"),
      '{"cut of\n',
      line("Popups", "d", "02"),
    ].join(""),
  );
  const { collect, candidates, collected } = host();
  const { ref } = await collect({ topics: [EDIT, POPUPS], range: RANGE });
  expect(await candidates(ref)).toEqual([
    "eventlogging_Edit a",
    "eventlogging_Popups d",
  ]);
  expect(await collected(ref)).toMatchObject({
    lines: 2,
    files: [log],
    host: "eventlog1002:1",
    unreadable: [{ file: log, line: 4 }],
  });
});

test("each shard of a large saga gets the lines of its own topics, from one reading", async () => {
  await writeFile(log, line("Edit", "a", "01") + line("Popups", "d", "02"));
  const { collect, candidates } = host();
  const reads = jest.spyOn(ArchiveKeys.prototype, "read");
  const { refs } = await collect({
    topics: [
      { ...EDIT, bucket: 0 },
      { ...POPUPS, bucket: 1 },
    ],
    range: RANGE,
    buckets: 2,
  });
  expect(await candidates(refs[0]!)).toEqual(["eventlogging_Edit a"]);
  expect(await candidates(refs[1]!)).toEqual(["eventlogging_Popups d"]);
  expect(reads).toHaveBeenCalledTimes(1);
});

test("a file that was read is not read again, unless it has grown or other topics are searched", async () => {
  await writeFile(log, line("Edit", "a", "01"));
  const { collect, candidates } = host();
  const reads = jest.spyOn(ArchiveKeys.prototype, "read");
  await collect({ topics: [EDIT], range: RANGE });
  await collect({ topics: [EDIT], range: RANGE });
  expect(reads).toHaveBeenCalledTimes(1);
  await appendFile(log, line("Edit", "b", "02"));
  const grown = await collect({ topics: [EDIT], range: RANGE });
  expect(await candidates(grown.ref)).toHaveLength(2);
  await collect({ topics: [EDIT, POPUPS], range: RANGE });
  expect(reads).toHaveBeenCalledTimes(3);
});

test("where no MySQL is configured, it gives nothing", async () => {
  const { mysql, collected } = host();
  const { ref } = await mysql();
  expect(await collected(ref)).toEqual({
    refs: [],
    lines: 0,
    files: [],
    unreadable: [],
  });
});

test("what is found is the archive's own text, byte by byte", async () => {
  const event = String.raw`"event": {"userId": 9007199254740993, "ratio": 1.0, "huge": 1e400, "b": 1, "a": "ä\u2028\u00e4"}`;
  const texts = ["a", "b"].map(
    (digit, i) =>
      `{${event},\t"dt": "2018-07-05T01:30:00Z", "schema": "Edit", "revision": 1, "wiki": "enwiki", "uuid": "${digit.repeat(32)}"${i ? ' ,"z": 1 ' : ""}}`,
  );
  await writeFile(log, `${texts.join("\n")}\n`);
  const { collect, collected, texts: stored } = host();
  const { ref } = await collect({ topics: [EDIT], range: RANGE });
  expect((await stored(ref)).map((text) => parseCandidate(text).json)).toEqual(
    texts,
  );
  expect((await collected(ref)).unreadable).toEqual([]);
});

test("lines whose time cannot be, or that are not UTF-8, are named and left out", async () => {
  const undated = line("Edit", "a", "01").replace("2018-07-05", "1970-01-01");
  const broken = Buffer.from(
    line("Edit", "b", "01").replace("enwiki", "\u00ff"),
    "latin1",
  );
  await writeFile(log, Buffer.concat([Buffer.from(undated), broken]));
  const { collect, collected } = host();
  const { ref } = await collect({ topics: [EDIT], range: RANGE });
  expect(await collected(ref)).toMatchObject({
    lines: 0,
    unreadable: [
      {
        line: 1,
        error: `event ${"a".repeat(32)}: its dt cannot be (times from 2001 to 2100 can)`,
      },
      { line: 2, error: "not UTF-8" },
    ],
  });
});

test("what Kafka and raw hours hold is left out, topic by topic", async () => {
  await writeFile(
    log,
    [
      line("Edit", "a", "01"),
      line("Edit", "b", "01"),
      line("Popups", "a", "01"),
    ].join(""),
  );
  const { collect, candidates, hold } = host();
  const held = [
    await hold([`${EDIT.topic}\t${"a".repeat(32)}`]),
    await hold([`${POPUPS.topic}\t${"b".repeat(32)}`]),
  ];
  const topics = [POPUPS, EDIT];
  const { ref } = await collect({ topics, range: RANGE, held });
  expect(await candidates(ref)).toEqual([
    "eventlogging_Edit b",
    "eventlogging_Popups a",
  ]);
});

test("whatever the uuids, those that nobody holds come out, in the order of the file", async () => {
  const uuids = Array.from({ length: 500 }, () =>
    randomBytes(16).toString("hex"),
  );
  const lines = uuids.map((uuid) =>
    line("Edit", "a", "01").replace("a".repeat(32), uuid),
  );
  await writeFile(log, lines.join(""));
  const { collect, texts, hold } = host();
  const held = [
    await hold(
      uuids.filter((_, n) => n % 5).map((uuid) => `${EDIT.topic}\t${uuid}`),
    ),
  ];
  const { ref } = await collect({ topics: [EDIT], range: RANGE, held });
  expect((await texts(ref)).map((text) => parseCandidate(text).uuid)).toEqual(
    uuids.filter((_, n) => n % 5 === 0),
  );
});

test("where less of what is held comes than was written, nothing is collected", async () => {
  await writeFile(log, line("Edit", "a", "01"));
  await writeFile(`${log}-2`, line("Edit", "b", "01"));
  const { collect, hold, files } = host();
  const held = await hold([`${EDIT.topic}\t${"a".repeat(32)}`]);
  files.texts.set(held.replace(".json", ""), "");
  await expect(
    collect({ topics: [EDIT], range: RANGE, held: [held] }),
  ).rejects.toThrow(
    "DuckDB has 0 rows in its table held_lines, and 1 lines were written",
  );
  const stored = [...files.texts.keys()];
  expect(stored.filter((path) => path.startsWith("/sisyphus"))).toEqual([]);
});

test("more that is held is another search", async () => {
  await writeFile(log, line("Edit", "a", "01"));
  const { collect, candidates, hold } = host();
  const search = { topics: [EDIT], range: RANGE };
  const all = await collect({ ...search, held: [await hold([])] });
  expect(await candidates(all.ref)).toHaveLength(1);
  const held = [await hold([`${EDIT.topic}\t${"a".repeat(32)}`])];
  const rest = await collect({ ...search, held });
  expect(await candidates(rest.ref)).toEqual([]);
});

test("a line that would be missing, and that two programs read in two ways, is named and not taken", async () => {
  const twice = line("Edit", "a", "01").replace(
    '"wiki"',
    `"uuid":"${"b".repeat(32)}","wiki"`,
  );
  const endless = line("Edit", "c", "01").replace(
    '"revision":1',
    '"revision":NaN',
  );
  const elsewhere = line("Edit", "e", "01").replace(
    '"wiki"',
    '"dt":"2018-07-05T07:30:00Z","wiki"',
  );
  await writeFile(log, twice + endless + line("Edit", "d", "01") + elsewhere);
  const { collect, candidates, collected } = host();
  const { ref } = await collect({ topics: [EDIT], range: RANGE });
  expect(await candidates(ref)).toEqual(["eventlogging_Edit d"]);
  expect((await collected(ref)).unreadable).toMatchObject([
    { line: 1, error: expect.stringMatching(/identity or time twice/) },
    { line: 2, error: "not JSON (truncated or corrupt)" },
    { line: 4, error: expect.stringMatching(/identity or time twice/) },
  ]);
});

test("a line of 100 MB, NUL bytes after a crash and a last line without its end cost nothing but themselves", async () => {
  await writeFile(
    log,
    Buffer.concat([
      Buffer.from(line("Edit", "a", "01")),
      Buffer.alloc(100 << 20, "x"),
      Buffer.from(`\n${line("Edit", "b", "01")}`),
      Buffer.alloc(5000),
      Buffer.from(`\r\n\n\ufeff${line("Edit", "c", "01")}`),
      Buffer.from(line("Edit", "d", "01").trimEnd()),
    ]),
  );
  const { collect, candidates, collected } = host();
  const { ref } = await collect({ topics: [EDIT], range: RANGE });
  expect(await candidates(ref)).toEqual([
    "eventlogging_Edit a",
    "eventlogging_Edit b",
    "eventlogging_Edit d",
  ]);
  expect((await collected(ref)).unreadable).toMatchObject([
    { line: 2, error: expect.stringMatching(/^a line of 104857601 bytes/) },
    { line: 4, error: "not JSON (truncated or corrupt)" },
    { line: 6, error: "not JSON (truncated or corrupt)" },
  ]);
});

test("a file that is cut off is named; what lies before is read", async () => {
  const cut = `${log}-20180705.gz`;
  // Uuids that no compression makes small.
  const digits = () => randomBytes(16).toString("hex");
  const lines = Array.from({ length: 5000 }, () =>
    line("Edit", "a", "01").replace("a".repeat(32), digits()),
  );
  await writeFile(cut, gzipSync(lines.join("")).subarray(0, -20_000));
  await writeFile(log, line("Edit", "b", "02"));
  const { collect, candidates, collected } = host();
  const { ref } = await collect({ topics: [EDIT], range: RANGE });
  const found = await candidates(ref);
  expect(found.length).toBeGreaterThan(1000);
  expect(found.length).toBeLessThan(5001);
  expect((await collected(ref)).unreadable).toEqual([
    {
      file: cut,
      line: found.length,
      error: `${cut} cannot be read to its end: unexpected end of file`,
    },
  ]);
});

/** Pieces of which odd lines are made. */
const field = (name: string, ...values: string[]) =>
  fc.constantFrom("", ...values.map((value) => `"${name}":${value},`));
const oddLine = fc
  .tuple(
    fc.constantFrom("", " ", "\ufeff", "x", "["),
    field(
      "uuid",
      `"${"a".repeat(32)}"`,
      `"${"b".repeat(32)}"`,
      '"A"',
      "7",
      "null",
    ),
    field("schema", '"Edit"', '"Edit"', '"Popups"', '"Other"', "7"),
    field(
      "dt",
      ...[
        "2018-07-05T01:30:00Z",
        "2018-07-05T01:30:00",
        "2018-07-05T02:30:00.5Z",
      ].map((t) => `"${t}"`),
      ...[
        "2018-07-05T04:30:00+02:00",
        "20180705T013000Z",
        "2018-07-05T00:59:60Z",
      ].map((t) => `"${t}"`),
      ...["2018-02-30T01:00:00Z", "1970-01-01T00:00:00Z", "soon"].map(
        (t) => `"${t}"`,
      ),
      "7",
    ),
    field(
      "timestamp",
      "1530754200",
      "1530754200000",
      "1530754200000000",
      "7",
      '"7"',
    ),
    field(
      "event",
      "{}",
      "[]",
      '{"uuid":"nested","dt":"x"}',
      '{"a":"\\ud800"}',
      '{"a":"\u0000"}',
      "1e400",
      "NaN",
    ),
    fc.constantFrom(
      '"revision":1,"wiki":"w"}',
      '"wiki":"w"}',
      '"revision":1,"wiki":"\u00e9"}',
      '"revision":1,',
    ),
    fc.constantFrom("\n", "\n", "\r\n", "\n\n"),
  )
  .map(([before, uuid, schema, dt, timestamp, event, rest, end]) =>
    Buffer.from(
      `${before}{${uuid}${schema}${dt}${timestamp}${event}${rest}${end}`,
      "utf8",
    ),
  );
const brokenLine = fc
  .uint8Array({ maxLength: 30 })
  .map((bytes) => Buffer.from(bytes));

test("it finds what reading line after line finds, whatever the lines", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 9, arbitrary: oddLine }, brokenLine), {
        maxLength: 60,
      }),
      fc.boolean(),
      async (lines, isGz) => {
        const bytes = Buffer.concat(lines);
        const file = isGz ? `${log}-1.gz` : `${log}-1`;
        await writeFile(file, isGz ? gzipSync(bytes) : bytes);
        const wanted: string[] = [];
        const bad: { line: number; error: string }[] = [];
        const doubtful = new Set<number>();
        let number = 0;
        for await (const text of archiveLines(file)) {
          number++;
          if (text === "") continue;
          const read = datedEvent(text, CAPSULES);
          // A line with another schema is no concern of this search, be it whole or not.
          if (/"schema":(?:"Other"|7)/.test(text ?? "")) doubtful.add(number);
          if ("error" in read) bad.push({ line: number, error: read.error });
          else if (
            ["Edit", "Popups"].includes(read.event.schema) &&
            inRange(read.hour, RANGE)
          )
            wanted.push(`${read.event.schema} ${read.text}`);
        }
        const { collect, collected, texts } = host();
        const { ref } = await collect({ topics: [EDIT, POPUPS], range: RANGE });
        const found = (await texts(ref)).map(parseCandidate);
        expect(
          found.map(
            ({ topic, json }) =>
              `${topic.slice("eventlogging_".length)} ${json}`,
          ),
        ).toEqual(wanted);
        const { unreadable } = await collected(ref);
        const sure = <T extends { line: number }>(each: T[]) =>
          each.filter(({ line: n }) => !doubtful.has(n));
        expect(
          sure(unreadable).map(({ line: n, error }) => ({ line: n, error })),
        ).toEqual(sure(bad));
        await rm(file);
      },
    ),
    { numRuns: 60 },
  );
});
