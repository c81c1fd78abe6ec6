import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../../../../activities/backfill/search/collect";
import { createMissingActivities } from "../../../../../activities/backfill/search/missing";
import { readMissing } from "../../../../../activities/backfill/search/read-missing";
import { EventArchive } from "../../../../../clients/event-archive";
import type { Message } from "../../../../../clients/kafka/ranged-read";
import { Storage } from "../../../../../clients/storage";
import type { Missing } from "../../../../../domain/backfill/missing";
import { pageCreate } from "../../../../fuzz/seeds/event-platform";
import { EVENTS, NAMING, PLATFORM } from "../../../../support/event-platform";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const TOPIC = "eqiad.mediawiki.page-create";
const SIBLING = "codfw.mediawiki.page-create";
const TOPICS = [
  { topic: TOPIC, schema: "mediawiki.page-create", lostOffsets: 9 },
];
const RANGE = { since: "2026-03-07T05", until: "2026-03-07T07" };

/** An identity by its first digit. */
const id = (digit: string) => `${digit}f2504e0-4f89-41d3-9a0c-0305e82c3301`;
const at = (digit: string, dt = "2026-03-07T05:10:11.123Z") =>
  pageCreate(id(digit), dt);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "platform-search-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** What is missing where an archive has these lines, and topics in Kafka those. */
async function searched(archived: string[], held: Record<string, string[]>) {
  await writeFile(join(dir, "events.log"), archived.join("\n"));
  const { hdfs } = new MemoryFiles();
  const storage = new Storage(hdfs, "/sisyphus");
  const kafka = {
    topics: async () => [...Object.keys(held), "codfw.other"],
    topicIds: async () => new Map(),
    offsets: async (topic: string) => [
      { partition: 0, low: "0", high: String(held[topic]!.length) },
    ],
    read: async (
      ranges: Map<string, { from: string }[]>,
      each: (m: Message) => Promise<void>,
    ) => {
      for (const [topic, [{ from }]] of ranges as Map<
        string,
        [{ from: string }]
      >)
        for (const value of held[topic]!.slice(Number(from)))
          await each({
            topic,
            value: Buffer.from(value),
            headers: {},
          } as Message);
    },
  };
  const deps = {
    config: {
      archive: { host: "eventlog1002" },
      search: { memoryMb: 128, sparkFromLines: 1e9, otherHosts: [] },
      naming: NAMING,
      events: EVENTS,
    },
    archive: new EventArchive([join(dir, "*")], PLATFORM),
    // No raw hour is there.
    hdfs: Object.assign(hdfs, { summary: async () => undefined }),
    source: { dayOf: (hour: string) => hour.slice(0, 10), dayDir: () => "/" },
    kafka,
    storage,
  };
  const collect = createCollectActivities(deps as never);
  const { findMissing } = createMissingActivities(deps as never, collect);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/march-7", runId: "r" },
  });
  const missing = (await env.run(() =>
    findMissing({ topics: TOPICS as never, range: RANGE }),
  )) as Missing;
  const texts: string[] = [];
  const known: unknown[] = [];
  for await (const events of readMissing(storage, missing.topics[0]!, PLATFORM))
    for (const { event, text } of events) {
      texts.push(text);
      known.push(event);
    }
  return { missing, texts, known };
}

test("events that nobody holds are found byte for byte, by identities with dashes, in the order of time", async () => {
  const upper = at("A", "2026-03-07T06:00:00Z");
  const { missing, texts, known } = await searched(
    [
      // JavaScript judges times that DuckDB does not.
      at("b", "2026-03-07T07:00:00+02:00"),
      at("c"),
      upper,
      // Its case makes it another one.
      at("a", "2026-03-07T06:30:00Z"),
      at("d", "2026-03-07T07:00:00Z"),
      at("e").replace("page-create", "page-delete"),
      '{"cut of',
    ],
    { [TOPIC]: [at("c"), at("a")] },
  );
  expect(texts).toEqual([at("b", "2026-03-07T07:00:00+02:00"), upper]);
  expect(known).toEqual([
    { uuid: id("b"), ms: Date.parse("2026-03-07T05:00:00Z") },
    { uuid: id("A"), ms: Date.parse("2026-03-07T06:00:00Z") },
  ]);
  expect(missing.topics[0]).toMatchObject({ fromArchive: 2, unrecoverable: 7 });
});

test("what another data centre's topic of the stream holds is not missing", async () => {
  const { texts } = await searched([at("a"), at("b")], {
    [TOPIC]: [],
    [SIBLING]: [at("a")],
  });
  expect(texts).toEqual([at("b")]);
});

test("events of which nothing tells which they are, or when they were, are named", async () => {
  const { missing, texts } = await searched(
    [
      at("a").replace('"id"', '"other"'),
      at("b").replace('"dt"', '"other"'),
      at("c", "soon"),
      // Two identities; DuckDB sees the first and JavaScript the last.
      at("d").replace('"meta":{', `"meta":{"id":"${id("e")}",`),
    ],
    { [TOPIC]: [] },
  );
  expect(texts).toEqual([]);
  expect(
    missing.unreadableNamed.map(({ line, error }) => [line, error]),
  ).toEqual([
    [1, expect.stringContaining("it has no identity at /meta/id")],
    [2, expect.stringContaining("it has nothing at /meta/dt")],
    [3, expect.stringContaining("it has no time at /meta/dt")],
    [4, expect.stringContaining("it names its schema, identity or time twice")],
  ]);
});

test("an archive with events that are not known is no count, be they few", async () => {
  await writeFile(
    join(dir, "events.log"),
    [at("a"), at("a"), at("B"), at("c").replace('"id"', '"other"'), "{"].join(
      "\n",
    ),
  );
  const archive = new EventArchive([join(dir, "*")], PLATFORM);
  for (let i = 0; i < 2; i++) {
    const { bySchema, unreadable } = await archive.counts(RANGE);
    expect(bySchema.get("mediawiki.page-create")).toEqual(
      new Map([["2026-03-07T05", 2]]),
    );
    expect(unreadable).toEqual([
      expect.stringContaining(
        "events.log has 1 events of which it is not known which they are, or when they were: line 4: it has no identity at /meta/id",
      ),
    ]);
  }
  await archive.close();
});
