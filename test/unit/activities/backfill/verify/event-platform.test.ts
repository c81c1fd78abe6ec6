import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { VerifiedHour } from "../../../../../activities/backfill/verify/topic-hours";
import { pageCreate } from "../../../../fuzz/seeds/event-platform";
import { NAMING, PLATFORM } from "../../../../support/event-platform";
import { gz, rawDir, refinedDir, RefinedWorld } from "./refined-world";

const TOPIC = "eqiad.mediawiki.page-create";
const HOUR = "2026-03-07T05";
const NAME = `${TOPIC} ${HOUR}`;

const id = (digit: string) => `${digit}F2504e0-4f89-41d3-9a0c-0305e82c3301`;
const event = (digit: string) => pageCreate(id(digit), `${HOUR}:10:11Z`);

/** A Parquet file as Refine writes it, of a query's rows. */
async function parquet(query: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "sisyphus-test-parquet-"));
  const db = await DuckDBInstance.create(":memory:");
  const connection = await db.connect();
  try {
    await connection.run(`copy (${query}) to '${folder}/t.parquet'`);
    return readFileSync(`${folder}/t.parquet`);
  } finally {
    connection.closeSync();
    db.closeSync();
    rmSync(folder, { recursive: true });
  }
}

/** The row of an event, in SQL: `$schema` is written otherwise in Hive. */
const row = (digit: string, more = "") => `
  select '/mediawiki/revision/create/1.1.0' as _schema, {
    'uri': 'https://en.wikipedia.org/wiki/Sisyphus', 'request_id': 'b1a4d1a0-7d9c-4f6f-9f7e-2f5f2f9f7f01',
    'id': '${id(digit)}', 'dt': '${HOUR}:10:11Z', 'domain': 'en.wikipedia.org', 'stream': 'mediawiki.page-create'
  } as meta, 'enwiki' as database, 9007199254740993::bigint as page_id, 'Sisyphus' as page_title,
  '2026-03-07T05:10:11Z' as rev_timestamp${more}`;

/** What is found of an hour with these raw events and data files, of which one event was replayed. */
async function verified(
  raw: string[],
  files: Buffer[],
  options: Parameters<RefinedWorld["verified"]>[1] = {},
): Promise<VerifiedHour> {
  const world = new RefinedWorld();
  world.files.set(`${rawDir(HOUR, TOPIC)}/part.gz`, gz(raw));
  for (const [n, file] of files.entries())
    world.files.set(`${refinedDir(HOUR, "mediawiki_page_create")}/${n}`, file);
  const [hour] = await world.verified([{ topic: TOPIC, hours: [HOUR] }], {
    reader: PLATFORM,
    naming: NAMING,
    ...options,
  });
  return hour!;
}

test("rows are counted by their identity in a column within a column", async () => {
  const ip = (of: string, country: string) =>
    `, {'client_ip': ${of}} as http, map {'country': ${country}} as geocoded_data`;
  const { counts, problems } = await verified(
    ["a", "b", "c", "c"].map(event),
    [
      await parquet(
        `${row("a", ip("'192.0.2.1'", "'GB'"))} union all ${row("a", ip("null", "'GB'"))}`,
      ),
      await parquet(row("b")),
    ],
    { missing: [{ topic: TOPIC, lines: [event("a"), event("c")] }] },
  );
  expect(problems).toEqual([]);
  expect(counts).toEqual({
    rows: 3,
    distinct: 3,
    duplicates: 1,
    lacking: 1,
    found: 1,
    withIp: 1,
    geocoded: 1,
  });
});

test("rows of a table without the column are rows of no event", async () => {
  const { counts } = await verified(
    [event("a")],
    [
      await parquet("select {'uri': 'x'} as meta"),
      await parquet("select 1 as n"),
    ],
  );
  expect(counts).toMatchObject({ rows: 2, duplicates: 1, lacking: 1 });
});

test("rows are compared with their events, whatever Hive calls their fields", async () => {
  const { comparison } = await verified(
    [event("a"), event("b")],
    [
      await parquet(
        `${row("a")} union all ${row("b").replace("'Sisyphus'", "'Tantalus'")}`,
      ),
    ],
    { deep: [NAME] },
  );
  expect(comparison).toEqual({
    compared: 2,
    different: 1,
    problems: [
      `${NAME} ${id("b")}: the row differs from its event in page_title`,
    ],
  });
});

test("raw events that are not known are named: nothing tells whether they have rows", async () => {
  const { counts, problems } = await verified(
    [event("a"), event("b").replace('"id"', '"other"'), '{"cut of'],
    [await parquet(row("a"))],
  );
  expect(counts).toMatchObject({ distinct: 1, lacking: 0 });
  expect(problems).toEqual([
    expect.stringContaining(
      "has 1 events of which it is not known which they are, and so not whether they have rows: it has no identity at /meta/id",
    ),
  ]);
});
