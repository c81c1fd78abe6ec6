import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import {
  BIGINT,
  type DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from "@duckdb/node-api";
import { type Piece, registerPieces } from "./pieces-function";
import { makeFolder, onlyFolder } from "./temporary-folder";

/** Types of columns that are appended, by DuckDB's own names. */
const TYPES = {
  integer: INTEGER,
  bigint: BIGINT,
  varchar: VARCHAR,
} satisfies Record<string, DuckDBType>;

/** A table's columns, in order: their names and types. */
export type Columns = Record<string, keyof typeof TYPES>;

/** How a `blob` comes out. */
export type Blob = DuckDBBlobValue;

/** A value that goes into a column. */
type Value = string | number | bigint;

/** How often what is to end is told so. */
const INTERRUPT_MS = 20;

/** Rows that DuckDB takes and gives at a time. */
const CHUNK_ROWS = 2048;

/** More threads make it need more memory and leave less of the machine to others. */
const MAX_THREADS = 4;

/** What DuckDB puts before a message: the kind of the failure. */
const KIND = /^([A-Z][\w ]* Error): /;

/** Kinds whose messages tell of the machine or of a query, and hold nothing that was read. */
const KINDS_WITH_SAFE_MESSAGES = new Set([
  "Out of Memory Error",
  "IO Error",
  "Parser Error",
  "Binder Error",
  "Catalog Error",
]);

/**
 * A failure of DuckDB. Its own messages quote the input, and events enter no error: only the kind is told, and the message's first line
 * where it is about memory, disks or the query.
 */
export class EngineError extends Error {
  /** Such as `Invalid Input Error`. */
  readonly kind: string;

  constructor(error: unknown) {
    const message = String((error as Error | undefined)?.message ?? error);
    const kind = KIND.exec(message)?.[1] ?? "an error without a kind";
    super(
      `DuckDB: ${KINDS_WITH_SAFE_MESSAGES.has(kind) ? message.split("\n")[0] : `${kind} (the message is left out, as it may quote events)`}`,
    );
    this.kind = kind;
  }

  /** Whether DuckDB could not read what it was given. */
  get isBadInput(): boolean {
    return this.kind === "Invalid Input Error";
  }
}

async function asEngineError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new EngineError(error);
  }
}

/** One connection: it does one thing after the other. Several of one engine work side by side and see the same tables. */
export class Connection {
  /** What DuckDB is doing; it must have ended before the connection is closed. */
  private doing: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  /** What queries of this connection find in `pieces`, a view with the columns `first` and `bytes`. */
  pieces: readonly Piece[] = [];

  constructor(
    private readonly duckdb: DuckDBConnection,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws EngineError, or why the engine was told to end */
  private do<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosed)
      return Promise.reject(new Error("this connection of DuckDB is closed"));
    // An interruption meets only what runs at that moment.
    if (this.signal?.aborted) return Promise.reject(this.signal.reason);
    const done = asEngineError(work).catch((error: unknown) => {
      this.signal?.throwIfAborted();
      throw error;
    });
    this.doing = done.catch(() => undefined);
    return done;
  }

  /** @throws EngineError */
  async run(sql: string): Promise<void> {
    await this.do(() => this.duckdb.run(sql));
  }

  /** All rows of an answer, which is in memory as a whole. @throws EngineError */
  rows(sql: string): Promise<DuckDBValue[][]> {
    return this.do(async () =>
      (await this.duckdb.runAndReadAll(sql)).getRows(),
    );
  }

  /**
   * The rows of an answer of any length, some thousands at a time. They are counted first: a stream of DuckDB's that fails can end as if
   * it were finished.
   * @param sql a query without side effects, which is run twice, the first time for its number of rows
   * @throws EngineError; Error where fewer or more rows came than there are
   */
  async *stream(sql: string): AsyncGenerator<DuckDBValue[][]> {
    const [[wanted]] = (await this.rows(`select count(*) from (${sql})`)) as [
      [bigint],
    ];
    let came = 0n;
    const result = await this.do(() => this.duckdb.stream(sql));
    for (;;) {
      const chunk = await this.do(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) break;
      came += BigInt(chunk.rowCount);
      yield chunk.getRows();
    }
    if (came !== wanted)
      throw new Error(`DuckDB gave ${came} rows of ${wanted}`);
  }

  /** Adds rows to a table. @throws EngineError */
  async append(
    table: string,
    columns: Columns,
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const types = Object.values(columns).map((type) => TYPES[type]);
    await this.do(async () => {
      const appender = await this.duckdb.createAppender(table);
      for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
        const chunk = DuckDBDataChunk.create(types);
        chunk.setRows(rows.slice(at, at + CHUNK_ROWS));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
      appender.closeSync();
    });
  }

  /** Ends what it is doing. DuckDB forgets an interruption that comes before a query has begun to run, so that it is told again and again. */
  async interrupt(): Promise<void> {
    if (this.isClosed) return;
    let isDone = false;
    const done = this.doing.then(() => (isDone = true));
    while (!isDone) {
      this.duckdb.interrupt();
      await Promise.race([done, setTimeout(INTERRUPT_MS)]);
    }
  }

  /** Ends what it is doing and closes it; to be called once or more. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    const ended = this.interrupt();
    this.isClosed = true;
    await ended;
    this.duckdb.closeSync();
  }
}

/** How `create table` writes columns. */
export const columnsSql = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ");

/**
 * DuckDB for one piece of work: tables in memory of a bounded size, and in a temporary folder what does not fit. Nothing of it outlives
 * the work, and what a killed process leaves behind is removed a day later.
 */
export class Engine {
  private readonly connections: Connection[] = [];
  private readonly connecting: Promise<unknown>[] = [];
  private isClosed = false;

  private readonly interrupt = () => {
    for (const connection of this.connections) void connection.interrupt();
  };

  private constructor(
    private readonly instance: DuckDBInstance,
    /** Where it spills; others may put temporary files there, too. */
    readonly folder: string,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener("abort", this.interrupt);
  }

  /**
   * @param options `memoryMb`: MiB that its tables and queries take; `signal` ends what it does, which then throws the signal's reason
   * @returns an engine that is to be closed, whatever happens
   * @throws EngineError
   */
  static async open({
    memoryMb,
    signal,
  }: {
    memoryMb: number;
    signal?: AbortSignal;
  }): Promise<Engine> {
    signal?.throwIfAborted();
    const folder = await makeFolder();
    try {
      const instance = await asEngineError(() =>
        DuckDBInstance.create(":memory:", {
          memory_limit: `${memoryMb}MiB`,
          threads: String(Math.min(MAX_THREADS, availableParallelism())),
          temp_directory: folder,
          // Rows are ordered where a query says so; to keep any other order costs memory.
          preserve_insertion_order: "false",
          // No query loads an extension by its name.
          autoinstall_known_extensions: "false",
        }),
      );
      await asEngineError(() => onlyFolder(instance, folder));
      return new Engine(instance, folder, signal);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws Error where it is closed, or is closed meanwhile */
  async connect(): Promise<Connection> {
    if (this.isClosed) throw new Error("this engine is closed");
    const connecting = asEngineError(() => this.instance.connect());
    this.connecting.push(connecting);
    const duckdb = await connecting;
    const connection = new Connection(duckdb, this.signal);
    const number = this.connections.push(connection) - 1;
    // It is known to all connections.
    if (number === 0)
      registerPieces(duckdb, (no) => this.connections[no]!.pieces);
    // A time without a zone is UTC, whatever the machine's zone.
    await connection.run(
      `set timezone = 'UTC'; create temp view pieces as select * from pieces_of(${number})`,
    );
    return connection;
  }

  /** Ends what its connections do, closes them and removes its folder. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.signal?.removeEventListener("abort", this.interrupt);
    try {
      // DuckDB dies of being closed while it connects.
      await Promise.allSettled(this.connecting);
      await Promise.all(this.connections.map((each) => each.close()));
      this.instance.closeSync();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
