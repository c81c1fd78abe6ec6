import { isUtf8 } from "node:buffer";
import {
  type ArchiveFile,
  datedEvent,
  UnreadableFile,
} from "../../../clients/archive-files";
import {
  type Blob,
  type Columns,
  columnsSql,
  type Connection,
  EngineError,
} from "../../../clients/duckdb/engine";
import {
  inBatches,
  type Lines,
  LINES_OF_BATCH,
} from "../../../clients/duckdb/lines-table";
import { quoted } from "../../../clients/duckdb/quoted";
import type { Unreadable } from "../../../domain/backfill/missing";
import { EARLIEST, LATEST } from "../../../formats/eventlogging/event-time";
import type { EventReader } from "../../../formats/events/event-reader";
import { type HourRange, hourStart, inRange } from "../../../lib/hour";
import { endOfLine, linesIn } from "../../../lib/lines";
import { endIfUnwanted } from "../../beat";

/** Unreadable lines of a file that are named. */
const MAX_NAMED = 100;

/** A time as EventLogging writes it. Whatever else may be one is left to {@link datedEvent}. */
const DT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z`;
/** The same for DuckDB, which also takes digits that are missing and spaces around it. */
const DT_FORMATS = "['%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%dT%H:%M:%S.%gZ']";

/** A longer line is judged by JavaScript: DuckDB would need some times as much memory for its JSON. */
const MAX_ENGINE_LINE_BYTES = 1 << 20;

/** Where an event lies: in which line, from 1, and by what it is known. */
const ODD_KEYS: Columns = {
  line: "bigint",
  topic: "integer",
  uuid: "varchar",
};
type OddKey = [line: bigint, topic: number, uuid: string];

/** Lines of a file that are no events, each with the reason: the first ones, and those of which nobody may lose sight. */
export class UnreadableLines {
  private readonly lines: Unreadable[] = [];

  constructor(private readonly file: string) {}

  add(line: number, error: string): void {
    if (this.lines.length < MAX_NAMED) this.addAlways(line, error);
  }

  /** In the order of the lines, which is not that in which they were judged. */
  get inOrder(): Unreadable[] {
    return this.lines.sort((a, b) => a.line - b.line);
  }

  /** Names a line however many are named already: nobody holds it, or nothing is known of what follows it. */
  addAlways(line: number, error: string): void {
    this.lines.push({ file: this.file, line, error });
  }
}

/** A line of a piece that is not UTF-8 is named, and an empty one stands in its place: it could not be replayed as it is. */
function onlyUtf8(
  bytes: Buffer,
  first: number,
  named: UnreadableLines,
): Buffer {
  if (isUtf8(bytes)) return bytes;
  const kept: Buffer[] = [];
  for (let at = 0, line = first + 1; at < bytes.length; line++) {
    const end = endOfLine(bytes, at);
    const isText = isUtf8(bytes.subarray(at, end));
    if (!isText) named.add(line, "not UTF-8");
    kept.push(isText ? bytes.subarray(at, end) : Buffer.from("\n"));
    at = end;
  }
  return Buffer.concat(kept);
}

/** A file's lines, how many these are, and how many lie before them. Where the file is cut off or damaged, that is named. */
export async function* numberedLines(
  file: ArchiveFile,
  named: UnreadableLines,
): AsyncGenerator<{ first: number; count: number; bytes: Buffer }> {
  let first = 0;
  try {
    for await (const bytes of file.lines((length) =>
      named.add(first + 1, `a line of ${length} bytes, too long for an event`),
    )) {
      endIfUnwanted();
      const count = linesIn(bytes);
      yield { first, count, bytes };
      first += count;
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    named.addAlways(first + 1, error.message);
  }
}

/** The fields of a line by JSON; the whole batch fails where a line is none. */
const fieldsOf = ({ pointers }: EventReader["engine"]) =>
  `json_extract_string(l, [${[pointers.schema, pointers.uuid, pointers.time].map(quoted).join()}])`;
/** The same for batches with such lines, which have no fields then: it takes twice the time. */
const fieldsOfAny = (engine: EventReader["engine"]) =>
  `case when json_valid(l) then ${fieldsOf(engine)} end`;

/**
 * What DuckDB can tell of the lines of a batch that may be events of the searched topics (table `topics`). Its JSON is not JavaScript's (it
 * takes NaN, and of two keys of one name the first, where no writer of events writes two), so that lines which are wanted are judged again.
 */
const batchSql = (fields: string, { idSql }: EventReader["engine"]) => `
  create or replace temp table batch as
  with found as (
    select first + n as line, ${fields} f from (${LINES_OF_BATCH}) where l <> chr(13)
  )
  select line, t.no topic, case when regexp_full_match(f[3], '${DT}') then epoch_ms(try_strptime(f[3], ${DT_FORMATS})) end ms,
    ${idSql("f[2]")} uuid
  from found left join topics t on t.schema = f[1]
  where f[1] is null or t.no is not null`;

/** Whether a line is an event in the form that EventLogging writes; it takes more than DuckDB to judge others. */
const IS_PLAIN = `topic is not null and uuid is not null and coalesce(ms >= ${EARLIEST} and ms < ${LATEST}, false)`;

/** Where a file's events of searched topics lie: temporary tables of one connection. */
export class ArchiveKeys {
  constructor(
    private readonly connection: Connection,
    private readonly range: HourRange,
    /** The number in the table `topics` of a schema's topic. */
    private readonly numberOf: (schema: string) => number | undefined,
    private readonly reader: EventReader,
  ) {}

  /** Reads a file into the table `keys`. @param named is told of lines that are no events, and of damage */
  async read(file: ArchiveFile, named: UnreadableLines): Promise<void> {
    const { connection } = this;
    await connection.run(
      `create or replace temp table keys (line bigint, topic integer, uuid ${this.reader.engine.idType})`,
    );
    /** Events in lines that are too long to be given to DuckDB. */
    const long: OddKey[] = [];
    const text = async function* (this: ArchiveKeys): AsyncGenerator<Lines> {
      for await (const { first, count, bytes } of numberedLines(file, named)) {
        const isLong = count === 1 && bytes.length > MAX_ENGINE_LINE_BYTES;
        if (!isLong)
          yield { first, count, bytes: onlyUtf8(bytes, first, named) };
        else if (isUtf8(bytes))
          long.push(...this.keyOf(first + 1, bytes.toString("utf8"), named));
        else named.add(first + 1, "not UTF-8");
      }
    };
    const { since, until } = this.range;
    await inBatches(connection, text.call(this), async () => {
      await this.readBatch();
      await connection.run(`
        insert into keys select line, topic, uuid from batch
        where ${IS_PLAIN} and ms >= ${hourStart(since)} and ms < ${hourStart(until)}`);
      await this.judgeOdd(named);
    });
    await connection.run("drop table if exists batch");
    await this.addKeys(long);
  }

  private async readBatch(): Promise<void> {
    const { connection } = this;
    const { engine } = this.reader;
    try {
      await connection.run(batchSql(fieldsOf(engine), engine));
    } catch (error) {
      if (!(error instanceof EngineError && error.isBadInput)) throw error;
      await connection.run(batchSql(fieldsOfAny(engine), engine));
    }
  }

  /** Judges what DuckDB cannot. A line comes as bytes: as a text it would lose a byte-order mark on its way. */
  private async judgeOdd(named: UnreadableLines): Promise<void> {
    const { connection } = this;
    // Mostly there is none, and the batch need not be taken apart once more.
    const first = await connection.rows(
      `select line from batch where not (${IS_PLAIN}) limit 1`,
    );
    if (first.length === 0) return;
    const odd = `
      select line, l from (${LINES_OF_BATCH}) lines join batch on batch.line = first + n
      where not (${IS_PLAIN})`;
    const isObject = "starts_with(ltrim(l, ' ' || chr(9) || chr(13)), '{')";
    const lines = [
      ...(await connection.rows(
        `select line, encode(l) from (${odd}) where ${isObject}`,
      )),
      // What is no object is no event: it is only named, and a damaged file can have millions of such lines.
      ...(await connection.rows(
        `select line, encode(l) from (${odd}) where not ${isObject} order by line limit ${MAX_NAMED}`,
      )),
    ] as [bigint, Blob][];
    lines.sort(([a], [b]) => (a < b ? -1 : 1));
    const keys: OddKey[] = [];
    for (const [line, { bytes }] of lines) {
      const text = Buffer.from(bytes).toString("utf8");
      keys.push(...this.keyOf(Number(line), text, named));
    }
    await this.addKeys(keys);
  }

  /** Where a line is an event of a searched topic in the range, its key. */
  private keyOf(line: number, text: string, named: UnreadableLines): OddKey[] {
    const read = datedEvent(textOfLine(text), this.reader);
    if ("error" in read) {
      named.add(line, read.error);
      return [];
    }
    const topic = this.numberOf(read.event.schema);
    return topic !== undefined && inRange(read.hour, this.range)
      ? [[BigInt(line), topic, read.event.uuid]]
      : [];
  }

  private async addKeys(keys: OddKey[]): Promise<void> {
    if (keys.length === 0) return;
    const { connection } = this;
    await connection.run(
      `create or replace temp table odd_keys (${columnsSql(ODD_KEYS)})`,
    );
    await connection.append("odd_keys", ODD_KEYS, keys);
    await connection.run(
      `insert into keys select line, topic, uuid::${this.reader.engine.idType} from odd_keys`,
    );
  }
}

/** A line without its line break. */
export const textOfLine = (line: string): string =>
  line.replace(/\r?\n$|\r$/, "");
