import type { MissingTopic } from "../../../../domain/backfill/missing";
import type { SearchedSources } from "../../../../domain/backfill/searched-sources";
import {
  mergeResults,
  noResults,
  searchResults,
} from "../../../../workflows/backfill/shard-results";

const missing = (topic: string): MissingTopic => ({
  topic,
  ref: `/${topic}`,
  digest: "d",
  events: 1,
  fromArchive: 1,
  fromMysql: 0,
  messages: 1,
  unrecoverable: 0,
});

const verification = (partitions: number, problems: string[]) => ({
  partitions,
  rows: partitions,
  distinct: partitions,
  duplicates: 0,
  found: partitions,
  expected: partitions,
  withIp: partitions,
  geocoded: partitions,
  deep: { partitions: 1, rows: 2, different: 0 },
  problems,
  findings: [],
});

test("the missing events of all shards are named, in the order of the shards", () => {
  const both = mergeResults(
    { ...noResults(), missing: [missing("a")] },
    { ...noResults(), missing: [missing("b")] },
  );
  expect(both.missing.map(({ topic }) => topic)).toEqual(["a", "b"]);
});

test("archive files and lines that every shard has read count once", () => {
  const one = { ...noResults(), files: ["all-events.log"], unreadable: 3 };
  expect(mergeResults(one, one)).toMatchObject({
    files: ["all-events.log"],
    unreadable: 3,
  });
});

test("a host that was not asked for one shard was not asked for all, and one with fewer files had so many", () => {
  const of = (
    archives: SearchedSources["archives"],
    notAsked: string[] = [],
  ) => ({ ...noResults(), sources: { archives, notAsked, mysql: true } });
  const one = of([
    { host: "one", files: 3 },
    { host: "two", files: 1 },
  ]);
  const other = of([{ host: "one", files: 0 }], ["two"]);
  const both = { archives: [{ host: "one", files: 0 }], notAsked: ["two"] };
  expect(mergeResults(one, other).sources).toEqual({ ...both, mysql: true });
  expect(mergeResults(noResults(), one).sources).toEqual(one.sources);
});

test("what shards have replayed is added, and their ends and topics are joined", () => {
  const a = {
    ...noResults(),
    replayed: { landed: 2, twice: 0, ends: { "a/0": "5" }, topics: { a: 2 } },
  };
  const b = {
    ...noResults(),
    replayed: { landed: 3, twice: 1, ends: { "b/0": "7" }, topics: { b: 3 } },
  };
  expect(mergeResults(a, b).replayed).toEqual({
    landed: 5,
    twice: 1,
    ends: { "a/0": "5", "b/0": "7" },
    topics: { a: 2, b: 3 },
  });
});

test("what landed topic by topic is not claimed where a shard of 0.1.0 does not say it", () => {
  const old = { landed: 2, twice: 0, ends: {} };
  const merged = mergeResults(
    { ...noResults(), replayed: old },
    { ...noResults(), replayed: { ...old, topics: { b: 2 } } },
  );
  expect(merged.replayed).toEqual({ landed: 4, twice: 0, ends: {} });
});

test("verified partitions are added, and at most 50 problems are named", () => {
  const problems = Array.from({ length: 40 }, (_, i) => `problem ${i}`);
  const { verified } = mergeResults(
    { ...noResults(), verified: verification(2, problems) },
    { ...noResults(), verified: verification(3, problems) },
  );
  expect(verified).toMatchObject({
    partitions: 5,
    rows: 5,
    deep: { partitions: 2, rows: 4 },
  });
  expect(verified!.problems).toHaveLength(50);
});

test("a step that has replayed nothing says so by having no result", () => {
  const { replayed, verified } = mergeResults(noResults(), noResults());
  expect([replayed, verified]).toEqual([undefined, undefined]);
});

test("a search names at most 50 files", () => {
  const files = Array.from({ length: 60 }, (_, i) => `file ${i}`);
  expect(
    searchResults({ topics: [], files, unreadable: 0, unreadableNamed: [] })
      .files,
  ).toHaveLength(50);
});

test("rows of MySQL that shards have not used are added, with their reasons", () => {
  const rows = (table: string) => ({
    unused: 2,
    doubtful: 1,
    remarks: [{ table, why: "no time", used: false, rows: 2, uuids: [] }],
    more: 0,
  });
  const results = (table: string) =>
    searchResults({
      topics: [],
      files: [],
      unreadable: 0,
      unreadableNamed: [],
      mysqlRows: rows(table),
    });
  expect(
    mergeResults(mergeResults(results("a"), results("b")), noResults())
      .mysqlRows,
  ).toEqual({
    unused: 4,
    doubtful: 2,
    remarks: [...rows("a").remarks, ...rows("b").remarks],
    more: 0,
  });
  expect(mergeResults(noResults(), noResults())).not.toHaveProperty(
    "mysqlRows",
  );
});
