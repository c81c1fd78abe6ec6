import {
  type Columns,
  columnsSql,
  type Connection,
  type Engine,
} from "../../../clients/duckdb/engine";
import { inBatches, type Lines } from "../../../clients/duckdb/lines-table";
import type { Config } from "../../../domain/settings/config";
import type { EventReader } from "../../../formats/events/event-reader";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { lineBreaksIn, wholeLines } from "../../../lib/lines";
import { endIfUnwanted } from "../../beat";
import { piecesOfFile } from "./line-files";

/** Less than this and DuckDB cannot take some megabytes of lines apart, MiB. */
const MIN_ENGINE_MB = 128;

/**
 * MiB for DuckDB.
 * @param share the fraction (0 to 1) that one of several searches side by side may take
 */
export const engineMb = (config: Pick<Config, "search">, share = 1): number =>
  Math.max(MIN_ENGINE_MB, Math.floor(config.search.memoryMb * share));

/** Topics are numbers in DuckDB: in the order of their names, so that to sort by the number is to sort by the name. */
const TOPICS: Columns = { no: "integer", topic: "varchar", schema: "varchar" };

/** A topic that is searched; the schema of its events where that is known. */
type Topic = { topic: string; schema?: string };

/**
 * Makes the table `topics`.
 * @returns the topics in the order of their numbers
 */
export async function createTopics<T extends Topic>(
  connection: Connection,
  topics: T[],
): Promise<T[]> {
  const sorted = [...topics].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  await connection.run(`create table topics (${columnsSql(TOPICS)})`);
  await connection.append(
    "topics",
    TOPICS,
    sorted.map(({ topic, schema = "" }, no) => [no, topic, schema]),
  );
  return sorted;
}

/** The lines of files on HDFS, and at which byte of all of them each piece begins. @param each is given every piece, such as to keep it */
export async function* linesOfFiles(
  hdfs: Hdfs,
  refs: string[],
  each: (bytes: Buffer) => Promise<void> = async () => undefined,
): AsyncGenerator<Lines> {
  let first = 0;
  for (const ref of refs)
    for await (const bytes of wholeLines(piecesOfFile(hdfs, ref))) {
      endIfUnwanted();
      await each(bytes);
      yield { first, count: lineBreaksIn(bytes), bytes };
      first += bytes.length;
    }
}

/**
 * Makes the table `held`: of what Kafka and raw hours hold, the number of the topic and the uuid. Lines of topics that are not searched are
 * left out.
 * @param collected files of lines of `heldLine`, as references, and how many lines they have
 * @throws Error where fewer or more lines came
 */
export async function createHeld(
  engine: Engine,
  hdfs: Hdfs,
  collected: { refs: string[]; lines: number }[],
  idType: EventReader["engine"]["idType"],
): Promise<void> {
  const connection = await engine.connect();
  await connection.run(
    `create table held_lines (topic integer, uuid ${idType})`,
  );
  const refs = collected.flatMap((each) => each.refs);
  await inBatches(connection, linesOfFiles(hdfs, refs), () =>
    connection.run(`
      insert into held_lines
      select t.no, split_part(l, chr(9), 2)::${idType}
      from (select unnest(string_split(decode(bytes), chr(10))) l from pieces)
      left join topics t on t.topic = split_part(l, chr(9), 1)
      where l <> ''`),
  );
  const wanted = collected.reduce((sum, { lines }) => sum + lines, 0);
  await mustCount(connection, "held_lines", wanted, "lines were written");
  await connection.run(
    "create view held as select topic, uuid from held_lines where topic is not null",
  );
}

/**
 * What comes out is counted against what was counted elsewhere.
 * @param what says what was counted there, such as `lines were written`
 * @throws Error where it is not the same
 */
export async function mustCount(
  connection: Connection,
  table: string,
  wanted: number,
  what: string,
): Promise<void> {
  const [[count]] = (await connection.rows(
    `select count(*) from ${table}`,
  )) as [[bigint]];
  if (count !== BigInt(wanted))
    throw new Error(
      `DuckDB has ${count} rows in its table ${table}, and ${wanted} ${what}`,
    );
}
