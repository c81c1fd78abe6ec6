import { rm } from "node:fs/promises";
import { type Connection, EngineError } from "../../../clients/duckdb/engine";
import { quoted } from "../../../clients/duckdb/quoted";
import type { RowCounts } from "../../../domain/backfill/verification";
import type {
  ColumnPath,
  EventReader,
} from "../../../formats/events/event-reader";
import { grouped } from "../../../lib/grouped";
import { total } from "../../../lib/total";
import { endIfUnwanted } from "../../beat";
import type { DataFile, FetchedHour } from "./fetch-hour";

const NOTHING: RowCounts = {
  rows: 0,
  distinct: 0,
  duplicates: 0,
  lacking: 0,
  found: 0,
  withIp: 0,
  geocoded: 0,
};

/** The tables of uuids that the counts are made of: of raw events by the number of their file, of replayed events by that of their hour. */
export const RAW_UUIDS = "raw_uuids";
export const REPLAYED_UUIDS = "replayed_uuids";

export async function createUuidTables(connection: Connection): Promise<void> {
  await connection.run(
    `create table ${RAW_UUIDS} (file bigint, uuid varchar);
     create table ${REPLAYED_UUIDS} (hour bigint, uuid varchar);
     create table raw_files (file bigint, hour bigint)`,
  );
}

const RAW_FILES = { file: "bigint", hour: "bigint" } as const;

/** Columns of a table, each as the names that lead to it: see {@link EventReader}. */
type Columns = EventReader["columns"];

const GEOCODED: ColumnPath = ["geocoded_data"];

/** Those of some columns that a file has. */
const thereOf = ({ fields }: DataFile, paths: readonly ColumnPath[]) =>
  paths.filter((path) => fields.includes(path.join(".")));

/** The columns of a file that are asked for; of a file that lacks one, no row has a value there. */
const columnsIn = (file: DataFile, { uuid, ip }: Columns) =>
  [uuid, ip, [GEOCODED]].map((paths) => thereOf(file, paths));

/** The value of a column, or of a field within its fields. */
const valueSql = ([column, ...inner]: ColumnPath): string =>
  inner.reduce(
    (value, name) => `struct_extract(${value}, ${quoted(name)})`,
    `"${column}"`,
  );

/** The first value that is there, as a text. */
const firstSql = (paths: readonly ColumnPath[], last: string) =>
  `coalesce(${[...paths.map((path) => `${valueSql(path)}::varchar`), last].join()})`;

/**
 * A query for the rows of files that have the same columns. Each is named by the number of its hour. Rows without an identity count as rows of
 * one event, which no raw hour has: more than one of them is told as a duplicate.
 */
function scanOf(files: DataFile[], columns: Columns): string {
  const [uuid, ip, geocoded] = columnsIn(files[0]!, columns) as [
    ColumnPath[],
    ColumnPath[],
    ColumnPath[],
  ];
  const isThere = (paths: ColumnPath[]) =>
    paths.length > 0
      ? `(${paths.map((path) => `${valueSql(path)} is not null`).join(" or ")})`
      : "false";
  return `
    select split_part(parse_filename(filename), '-', 1)::bigint as hour,
      ${uuid.length > 0 ? firstSql(uuid, "'null'") : "'undefined'"} as uuid,
      (${isThere(ip)})::bigint as ip, (${isThere(ip)} and ${isThere(geocoded)})::bigint as geocoded
    from read_parquet([${files.map(({ local }) => quoted(local)).join()}], binary_as_string = true, hive_partitioning = false)`;
}

/** One scan for all files of a table that have the same columns. */
function scansOf(files: DataFile[], columns: Columns): DataFile[][] {
  const alike = grouped(
    files,
    (file) => `${file.of.topic} ${JSON.stringify(columnsIn(file, columns))}`,
  );
  return [...alike.values()];
}

const NO_ROWS =
  "select 0::bigint as hour, '' as uuid, 0::bigint as ip, 0::bigint as geocoded where false";

type Counted = [hour: bigint, events: bigint, ...counts: bigint[]];

/**
 * Counts hours by all their files at once. `events` is how many lines of raw uuids came in. Where nobody refines, raw events are the rows:
 * producers may have sent one twice, which nobody has taken away, so that only what was replayed must not be there more than once.
 */
async function countAll(
  connection: Connection,
  hours: FetchedHour[],
  scans: DataFile[][],
  columns: Columns,
): Promise<Counted[]> {
  const numbers = hours.map(({ of }) => of.no);
  const asRows = hours.some(({ unrefined }) => unrefined);
  const range = `${Math.min(...numbers)} and ${Math.max(...numbers)}`;
  return (await connection.rows(`
    with marks as (
      select hour, uuid, 1 as n, 0 as raw, 0 as replayed, ip, geocoded
      from (${scans.map((files) => scanOf(files, columns)).join(" union all ") || NO_ROWS})
      union all select hour, uuid, ${asRows ? 1 : 0}, 1, 0, 0, 0 from ${RAW_UUIDS} join raw_files using (file)
      union all select hour, uuid, 0, 0, 1, 0, 0 from ${REPLAYED_UUIDS} where hour between ${range}
    ), events as (
      select hour, uuid, sum(n)::bigint n, sum(raw)::bigint raw, sum(replayed)::bigint replayed,
        sum(ip)::bigint ip, sum(geocoded)::bigint geocoded
      from marks group by hour, uuid
    )
    select hour, sum(raw)::bigint, sum(n)::bigint, count(*) filter (raw > 0), count(*) filter (n > 1${asRows ? " and replayed > 0" : ""}),
      count(*) filter (raw > 0 and n = 0), coalesce(sum(replayed) filter (n > 0), 0)::bigint, sum(ip)::bigint, sum(geocoded)::bigint
    from events group by hour`)) as Counted[];
}

/**
 * Whether a failure may be that of a file. Want of memory never is. An error of reading or of DuckDB's own may be: then each file is tried
 * alone, and what fails once more with all that were readable is no file's fault, and is thrown.
 */
const mayBeOfFile = (error: unknown): boolean =>
  error instanceof EngineError && error.kind !== "Out of Memory Error";

/** Which files DuckDB can read, one by one; the others are added to the problems. */
async function readableOf(
  connection: Connection,
  hours: FetchedHour[],
  columns: Columns,
): Promise<DataFile[]> {
  const readable: DataFile[] = [];
  for (const hour of hours)
    for (const file of hour.files) {
      endIfUnwanted();
      try {
        await connection.rows(
          `select count(uuid), sum(ip), sum(geocoded) from (${scanOf([file], columns)})`,
        );
        readable.push(file);
      } catch (error) {
        if (!mayBeOfFile(error)) throw error;
        hour.problems.push(
          `${hour.of.name}: a file is left out: ${file.path}: its pages are damaged, or of a kind that is not known here (${(error as EngineError).kind})`,
        );
      }
    }
  return readable;
}

/**
 * Counts hours that were fetched, all with one query, and removes what it was about. A file that cannot be read is added to the hour's
 * problems, and the others are counted without it.
 * @param connection one with the tables of {@link createUuidTables}
 * @param columns of the tables
 */
export async function countRows(
  connection: Connection,
  hours: FetchedHour[],
  columns: Columns,
): Promise<Map<FetchedHour, RowCounts>> {
  await connection.append(
    "raw_files",
    RAW_FILES,
    hours.flatMap(({ of, rawFiles }) =>
      rawFiles.map((file) => [BigInt(file), BigInt(of.no)]),
    ),
  );
  let files = hours.flatMap((hour) => hour.files);
  const count = async (): Promise<Counted[]> => {
    try {
      return await countAll(
        connection,
        hours,
        scansOf(files, columns),
        columns,
      );
    } catch (error) {
      if (!mayBeOfFile(error)) throw error;
      files = await readableOf(connection, hours, columns);
      // Files of one table may have columns of several types: each is read by its own.
      return countAll(
        connection,
        hours,
        files.map((file) => [file]),
        columns,
      );
    }
  };
  const counted = new Map(
    (await count()).map(([hour, ...numbers]) => [
      Number(hour),
      numbers.map(Number),
    ]),
  );
  const last = Math.max(...hours.map(({ of }) => of.no));
  await connection.run(
    `truncate raw_files; truncate ${RAW_UUIDS}; delete from ${REPLAYED_UUIDS} where hour <= ${last}`,
  );
  await Promise.all(
    hours.flatMap((hour) => hour.files.map(({ local }) => rm(local))),
  );
  return new Map(
    hours.map((hour) => [hour, checked(hour, files, counted.get(hour.of.no))]),
  );
}

/** An hour's counts, held against what was to be counted. */
function checked(
  hour: FetchedHour,
  read: DataFile[],
  counted: number[] | undefined,
): RowCounts {
  const [events = 0, rows, distinct, duplicates, lacking, found, withIp, geo] =
    counted ?? [];
  if (events !== hour.events)
    throw new Error(
      `DuckDB has ${events} events of ${hour.of.name}, and ${hour.events} were read`,
    );
  const counts = counted
    ? {
        rows: rows!,
        distinct: distinct!,
        duplicates: duplicates!,
        lacking: lacking!,
        found: found!,
        withIp: withIp!,
        geocoded: geo!,
      }
    : NOTHING;
  const told = hour.unrefined
    ? hour.events
    : total(
        read.filter(({ of }) => of === hour.of),
        "rows",
      );
  if (counts.rows !== told)
    hour.problems.push(
      `${hour.of.name}: its data files have ${counts.rows} rows, and ${told} by what they say of themselves`,
    );
  return counts;
}
