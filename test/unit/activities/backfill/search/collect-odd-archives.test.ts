import { renameSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../../../../activities/backfill/search/collect";
import { EventArchive } from "../../../../../clients/event-archive";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { parseCandidate } from "../../../../../formats/candidate";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };
const EDIT = { topic: "eventlogging_Edit", schema: "Edit" };
const A = "a".repeat(32);
const line = (more = {}) =>
  `${JSON.stringify({ dt: "2018-07-05T01:30:00Z", event: {}, revision: 1, schema: "Edit", uuid: A, wiki: "w", ...more })}\n`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "collect-odd-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** What comes out of a file: uuids' first digits and how many lines are named. */
async function searched(
  bytes: string | Buffer,
  {
    held = [],
    topics = [EDIT],
    memoryMb = 256,
    during = () => undefined as void,
    name = "all-events.log",
  }: {
    held?: string[];
    topics?: { topic: string; schema: string }[];
    memoryMb?: number;
    during?: () => void;
    name?: string;
  } = {},
) {
  await writeFile(join(dir, name), bytes);
  const files = new MemoryFiles();
  const open = files.open.bind(files);
  files.open = async (path) => {
    during();
    return open(path);
  };
  const storage = new Storage(files.hdfs, "/sisyphus");
  const activities = createCollectActivities({
    config: { archive: { host: "h" }, search: { memoryMb } },
    archive: new EventArchive([join(dir, "*")]),
    hdfs: files.hdfs,
    storage,
  } as unknown as Parameters<typeof createCollectActivities>[0]);
  files.texts.set(
    "/h",
    [`${EDIT.topic}\t${"f".repeat(32)}`, ...held].map((h) => `${h}\n`).join(""),
  );
  files.texts.set(
    "/h.json",
    JSON.stringify({
      refs: ["/h"],
      lines: held.length + 1,
      files: [],
      unreadable: [],
    }),
  );
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/x", runId: "r" },
  });
  const { ref } = (await env.run(activities.collectArchive as never, {
    topics,
    range: RANGE,
    held: ["/h.json"],
  })) as { ref: string };
  const { refs, unreadable } = await storage.readRef<Collected>(ref);
  const texts = await Promise.all(refs.map((r) => storage.readRefText(r)));
  return {
    found: texts
      .flatMap((t) => t.split("\n").slice(0, -1))
      .map((l) => parseCandidate(l).uuid[0])
      .join(""),
    named: unreadable.length,
  };
}

test.each([
  ["dt twice", line().replace('Z",', 'Z","dt":"2018-07-01T09:00:00Z",')],
  [
    "dt with a space, timestamp elsewhere",
    line({ dt: " 2018-07-05T01:30:00Z", timestamp: 1530700000 }),
  ],
  [
    "dt without its zeros, timestamp elsewhere",
    line({ dt: "2018-7-5T1:3:0Z", timestamp: 1530700000 }),
  ],
])(
  "an event of another hour, whose raw files nobody has looked at, does not come out: %s",
  async (_, text) => {
    expect((await searched(text)).found).toBe("");
  },
);

test.each([
  [
    "dt without its zeros",
    line({ dt: "2018-7-5T9:3:0Z", timestamp: 1530754200 }),
  ],
  [
    "dt with a space",
    line({ dt: "2018-07-05T09:30:00Z ", timestamp: 1530754200 }),
  ],
])(
  "an event whose time only JavaScript reads is found or named: %s",
  async (_, text) => {
    const { found, named } = await searched(text);
    expect(found.length + named).toBe(1);
  },
);

test("a log that is rotated after the files were listed is not lost in silence", async () => {
  const log = join(dir, "all-events.log");
  let isRotated = false;
  const { found, named } = await searched(line(), {
    during: () => {
      if (isRotated) return;
      isRotated = true;
      renameSync(log, `${log}-1`);
      writeFileSync(log, "");
    },
  });
  expect(found.length + named).toBeGreaterThan(0);
});

test("what lies behind zeros in a .gz is found or named", async () => {
  const bytes = Buffer.concat([
    gzipSync("\n"),
    Buffer.alloc(512),
    gzipSync(line()),
  ]);
  const { found, named } = await searched(bytes, { name: "a.gz" });
  expect(found.length + named).toBe(1);
});

test("more bad lines than are named do not hide an event that two programs read in two ways", async () => {
  const twice = line().replace(
    '"schema"',
    '"schema":"Edit","uuid":"' + "b".repeat(32) + '","schema"',
  );
  const { found, named } = await searched("x\n".repeat(100) + twice);
  expect(found.length + named).toBe(101);
});

test.each([
  ["newlines", Buffer.alloc(9 << 20, "\n")],
  ["short lines", Buffer.from("x\n".repeat(3 << 20))],
  [
    "a line of many values",
    Buffer.from(line().replace("{}", `{"a":[${"1,".repeat(7 << 20)}1]}`)),
  ],
])(
  "a file of %s does not end the search, with the default memory",
  async (_, bytes) => {
    expect(
      (await searched(Buffer.concat([bytes, Buffer.from(line())]))).found,
    ).toMatch(/a$/);
  },
  60_000,
);

test("two topics of one schema do not end the search", async () => {
  await expect(
    searched(line(), {
      topics: [EDIT, { topic: "eqiad.eventlogging_Edit", schema: "Edit" }],
    }),
  ).resolves.toBeDefined();
});

test("what cannot be opened or read is named, and the rest is searched", async () => {
  await mkdir(join(dir, "all-events.log-old"));
  const { found, named } = await searched(line());
  expect([found, named]).toEqual(["a", 1]);
});
