import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../../../../activities/backfill/search/collect";
import { EventArchive } from "../../../../../clients/event-archive";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { parseCandidate } from "../../../../../formats/candidate";
import { MemoryFiles } from "../../../../support/memory-hdfs";

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
afterEach(() => rm(dir, { recursive: true }));

function host() {
  const files = new MemoryFiles();
  const storage = new Storage(files.hdfs, "/sisyphus");
  const archive = new EventArchive([join(dir, "*")]);
  const scans = jest.spyOn(archive, "scanFile");
  const activities = createCollectActivities({
    config: { archive: { host: "eventlog1002:1" } },
    archive,
    storage,
  } as unknown as Parameters<typeof createCollectActivities>[0]);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
  });
  return {
    scans,
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
        .flatMap((text) => text.trimEnd().split("\n"))
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
  const { collect, candidates, scans } = host();
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
  expect(scans).toHaveBeenCalledTimes(1);
});

test("a file that was read is not read again, unless it has grown or other topics are searched", async () => {
  await writeFile(log, line("Edit", "a", "01"));
  const { collect, candidates, scans } = host();
  await collect({ topics: [EDIT], range: RANGE });
  await collect({ topics: [EDIT], range: RANGE });
  expect(scans).toHaveBeenCalledTimes(1);
  await appendFile(log, line("Edit", "b", "02"));
  const grown = await collect({ topics: [EDIT], range: RANGE });
  expect(await candidates(grown.ref)).toHaveLength(2);
  await collect({ topics: [EDIT, POPUPS], range: RANGE });
  expect(scans).toHaveBeenCalledTimes(3);
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
