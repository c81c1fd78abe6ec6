import { MockActivityEnvironment } from "@temporalio/testing";
import { createMissingActivities } from "../../../../../activities/backfill/search/missing";
import { readMissing } from "../../../../../activities/backfill/search/read-missing";
import { Storage } from "../../../../../clients/storage";
import { sagaPlaces } from "../../../../../clients/storage-layout";
import {
  candidateLine,
  heldLine,
  type MissingEvent,
} from "../../../../../formats/candidate";
import type { EventCapsule } from "../../../../../formats/eventlogging/event-capsule";
import { storeMissing } from "../../../../../activities/backfill/search/store-missing";
import type {
  Missing,
  MissingPart,
} from "../../../../../domain/backfill/missing";
import type { MysqlRows } from "../../../../../domain/backfill/mysql-rows";
import { sha256 } from "../../../../../lib/digest";
import { MemoryFiles } from "../../../../support/memory-hdfs";
import { CAPSULES } from "../../../../../formats/eventlogging/capsules";

const SAGA = "backfill/july-5";
const TOPICS = [
  { topic: "eventlogging_Edit", schema: "Edit", lostOffsets: 5 },
  { topic: "eventlogging_Popups", schema: "Popups", lostOffsets: 3 },
];
const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };

const uuid = (digit: string) => digit.repeat(32);
const event = (digit: string): EventCapsule => ({
  dt: "2018-07-05T01:30:00Z",
  event: {},
  revision: 1,
  schema: "Edit",
  uuid: uuid(digit),
  wiki: "enwiki",
});
/** A line of the archive (rank 0) or of MySQL (rank 1) that has an event of the topic Edit. */
const candidate = (digit: string, rank: 0 | 1, ms: number) =>
  candidateLine({
    topic: "eventlogging_Edit",
    uuid: uuid(digit),
    rank,
    ms,
    json: JSON.stringify(event(digit)),
  });

/** Events of the topic Edit behind the offset 5. */
const kafkaWith = (digits: string[]) => ({
  offsets: async () => [
    { partition: 0, low: "0", high: String(5 + digits.length) },
  ],
  topicIds: async () => new Map(),
  read: async (
    ranges: Map<string, { from: string }[]>,
    each: (m: object) => Promise<void>,
  ) => {
    for (const [topic, [{ from }]] of ranges as Map<string, [{ from: string }]>)
      for (const digit of topic === "eventlogging_Edit" && from === "5"
        ? digits
        : [])
        await each({
          topic,
          value: Buffer.from(JSON.stringify(event(digit))),
          headers: {},
        });
  },
});

/** A saga whose archive, MySQL and Kafka gave these lines. */
async function searched(lines: {
  archive: string[];
  mysql: string[];
  held: string[];
  /** What was said of MySQL's rows. */
  mysqlRows?: MysqlRows;
  /** The host whose archive it was. */
  host?: string;
  /** Messages in Kafka that other sagas have replayed. */
  replayed?: Record<string, number>;
  /** Uuids' digits that have come into Kafka since it was read. */
  since?: string[];
  /** Whether the archive has left out what is held. */
  isLeftOut?: boolean;
}) {
  const { mysqlRows, host, replayed, since, isLeftOut, ...sources } = lines;
  const files = new MemoryFiles();
  const storage = new Storage(files.hdfs, "/sisyphus");
  const refs: Record<string, string> = {};
  let heldLines = "";
  const { held, ...candidates } = sources;
  for (const [source, ofSource] of Object.entries({ held, ...candidates })) {
    const text = ofSource.map((line) => `${line}\n`).join("");
    const ref = await storage.writeText(
      sagaPlaces(SAGA).searchLines(source, undefined, 0, sha256(text)),
      text,
    );
    if (source === "held") heldLines = ref;
    refs[source] = await storage.write(
      sagaPlaces(SAGA).collected(source, undefined, sha256(text)),
      {
        refs: ofSource.length > 0 ? [ref] : [],
        lines: ofSource.length,
        files: source === "archive" ? ["/all-events.log"] : [],
        unreadable: [],
        ...(source === "mysql" ? { mysqlRows } : {}),
        ...(source === "archive" && host ? { host } : {}),
        ...(source === "held" && replayed ? { replayed } : {}),
        ...(source === "archive" && isLeftOut
          ? { heldLeftOut: [heldLines] }
          : {}),
        ...(source === "held" && since
          ? { ends: { "eventlogging_Edit/0": "5" } }
          : {}),
      },
    );
  }
  const collected = (source: string) => async () => ({
    ref: refs[source]!,
    refs: [refs[source]!],
  });
  const activities = createMissingActivities(
    {
      config: {
        archive: { host: "one" },
        search: { memoryMb: 1, sparkFromLines: 1e9, otherHosts: ["two"] },
      },
      hdfs: files.hdfs,
      kafka: kafkaWith(since ?? []),
      storage,
    } as unknown as Parameters<typeof createMissingActivities>[0],
    {
      collectArchive: collected("archive"),
      collectMysql: collected("mysql"),
      collectHeld: collected("held"),
    },
  );
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: SAGA, runId: "r" },
  });
  const join = (input: { topics: typeof TOPICS }) =>
    env.run(activities.joinMissing, {
      ...input,
      held: refs["held"]!,
      sources: [refs["archive"]!, refs["mysql"]!],
    }) as Promise<Missing>;
  return { files, storage, activities, env, join };
}

const LINES = {
  archive: [candidate("b", 0, 2), candidate("b", 0, 2), candidate("c", 0, 3)],
  mysql: [candidate("a", 1, 1), candidate("b", 1, 2)],
  held: [heldLine("eventlogging_Edit", uuid("c"))],
};

test("what a source has and nobody holds is missing, counted by source, and stored in the order of time", async () => {
  const { storage, join } = await searched(LINES);
  const missing = await join({ topics: TOPICS });
  const [edit, popups] = missing.topics;
  expect(edit).toMatchObject({
    topic: "eventlogging_Edit",
    events: 2,
    fromArchive: 1,
    fromMysql: 1,
    // The archive knows of two messages with b, and of none with a.
    messages: 3,
    unrecoverable: 2,
  });
  expect(popups).toMatchObject({ events: 0, ref: "", unrecoverable: 3 });
  expect(missing).toMatchObject({
    files: ["/all-events.log"],
    unreadable: 0,
    joinedBy: "worker",
  });
  const read: EventCapsule[] = [];
  for await (const events of readMissing(storage, edit!, CAPSULES))
    for (const found of events) {
      const stored = JSON.parse(found.text) as EventCapsule;
      expect(found.event).toEqual({
        uuid: stored.uuid,
        ms: Date.parse(stored.dt!),
      });
      read.push(stored);
    }
  expect(read).toEqual([event("a"), event("b")]);
});

test("what has come into Kafka since it was read is not missing", async () => {
  const { join } = await searched({ ...LINES, since: ["a"] });
  const [edit] = (await join({ topics: TOPICS })).topics;
  expect(edit).toMatchObject({ events: 1, fromArchive: 1, fromMysql: 0 });
});

test("what archives have left out is not read once more, unless MySQL has rows", async () => {
  const asked = { ...LINES, since: ["c"], isLeftOut: true };
  const withRows = await searched(asked);
  const without = await searched({ ...asked, mysql: [] });
  for (const { files } of [withRows, without])
    for (const path of files.texts.keys())
      if (/held.*tsv/.test(path)) files.texts.set(path, "");
  const [edit] = (await without.join({ topics: TOPICS })).topics;
  // What has come since still counts.
  expect(edit).toMatchObject({ events: 1, fromArchive: 1 });
  await expect(withRows.join({ topics: TOPICS })).rejects.toThrow(
    "DuckDB has 1 rows in its table held_lines, and 2 lines were written",
  );
});

test("an answer names the hosts that were asked, and those that the configuration names and nobody asked", async () => {
  const { join } = await searched({ ...LINES, host: "one" });
  expect((await join({ topics: TOPICS })).sources).toEqual({
    archives: [{ host: "one", files: 1 }],
    notAsked: ["two"],
    mysql: false,
  });
  // A worker of before does not name its host: nothing is claimed of any.
  const before = await searched(LINES);
  expect((await before.join({ topics: TOPICS })).sources).toBeUndefined();
});

test("what an earlier saga has replayed is told beside what no source has", async () => {
  const replayed = { eventlogging_Popups: 3 };
  const { join } = await searched({ ...LINES, replayed });
  const [edit, popups] = (await join({ topics: TOPICS })).topics;
  expect(edit).not.toHaveProperty("replayedBefore");
  expect(popups).toMatchObject({ unrecoverable: 3, replayedBefore: 3 });
});

test("the first answer stays: what was replayed since then is in Kafka, and was missing all the same", async () => {
  const { files, join } = await searched(LINES);
  const first = await join({ topics: TOPICS });
  const held = [...files.texts.keys()].find((path) => /held.*tsv/.test(path));
  const replayed = ["a", "b", "c"].map((digit) =>
    heldLine("eventlogging_Edit", uuid(digit)),
  );
  files.texts.set(held!, `${replayed.join("\n")}\n`);
  expect(await join({ topics: TOPICS })).toEqual(first);
});

test("events whose bytes are not those that were stored are not replayed", async () => {
  const { files, storage, join } = await searched(LINES);
  const [edit] = (await join({ topics: TOPICS })).topics;
  const [{ ref }] = (await storage.readRef<MissingPart[]>(edit!.ref)) as [
    MissingPart,
  ];
  files.texts.set(ref, files.texts.get(ref)!.replace("enwiki", "dewiki"));
  await expect(readMissing(storage, edit!, CAPSULES).next()).rejects.toThrow(
    `${ref} is not what was stored there`,
  );
});

test("an attempt at the join that wakes up late leaves the events of another as they were stored", async () => {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const store = (...digits: string[]) =>
    storeMissing(
      storage,
      SAGA,
      TOPICS.slice(0, 1),
      (async function* () {
        for (const digit of digits)
          yield {
            topic: TOPICS[0]!.topic,
            json: JSON.stringify(event(digit)),
            copies: 1,
            rank: 0,
          } as MissingEvent;
      })(),
    );
  const [edit] = await store("a", "b");
  await store("b");
  const texts = [];
  for await (const events of readMissing(storage, edit!, CAPSULES))
    for (const found of events) texts.push(found.event.uuid);
  expect(texts).toEqual([uuid("a"), uuid("b")]);
});

test("a saga that began under version 0.1.0 searches in one activity, which the worker calls without its siblings", async () => {
  const { activities, env } = await searched(LINES);
  const { findMissing } = activities;
  const missing = (await env.run(findMissing as never, {
    topics: TOPICS,
    range: RANGE,
  })) as Missing;
  expect(missing.topics.map((t) => t.events)).toEqual([2, 0]);
});

test("the answer names a few of the reasons why rows of MySQL were not used, and counts all", async () => {
  const remarks = Array.from({ length: 500 }, (_, n) => ({
    table: `T_${n}`,
    why: "no time",
    used: false,
    rows: 1,
    uuids: [uuid("a")],
  }));
  const mysqlRows = { unused: 500, doubtful: 0, remarks, more: 0 };
  const { join } = await searched({ ...LINES, mysqlRows });
  const missing = await join({ topics: TOPICS });
  expect(missing.mysqlRows).toMatchObject({ unused: 500, more: 480 });
  expect(missing.mysqlRows!.remarks).toHaveLength(20);
});
