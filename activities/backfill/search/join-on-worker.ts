import { readSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { cancellationSignal } from "@temporalio/activity";
import { type Connection, Engine } from "../../../clients/duckdb/engine";
import {
  inBatches,
  LINES_WITH_OFFSETS,
} from "../../../clients/duckdb/lines-table";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Collected } from "../../../domain/backfill/missing";
import { type MissingEvent, parseCandidate } from "../../../formats/candidate";
import type { EventReader } from "../../../formats/events/event-reader";
import { beat } from "../../beat";
import {
  createHeld,
  createTopics,
  linesOfFiles,
  mustCount,
} from "./search-tables";

/** So many events have their texts in memory at a time. */
const TEXTS_AT_ONCE = 256;

type Join = {
  topics: { topic: string }[];
  held: Collected;
  sources: Collected[];
  /** MiB for DuckDB. */
  memoryMb: number;
  /** The type of identities in DuckDB. */
  idType: EventReader["engine"]["idType"];
};

/**
 * The join on this worker: candidates that nobody holds, in the order of topic, time and uuid. Where several sources or lines have the same
 * event, the best source's earliest line counts, and of several such lines the one whose text is the first by its bytes. DuckDB joins and
 * sorts what names the events; their texts wait in a temporary file, so that no more of them than a
 * batch are in memory, however many are missing.
 */
export async function* joinOnWorker(
  hdfs: Hdfs,
  { topics, held, sources, memoryMb, idType }: Join,
): AsyncGenerator<MissingEvent> {
  const signal = cancellationSignal();
  const engine = await Engine.open({ memoryMb, signal });
  try {
    const connection = await engine.connect();
    const byNumber = await createTopics(connection, topics);
    beat("held");
    await createHeld(engine, hdfs, [held], idType);
    const path = join(engine.folder, "candidates");
    const texts = await open(path, "wx+", 0o600);
    try {
      // Without a name the system frees it when the process ends, however that is.
      await unlink(path);
      beat("candidates");
      await createCandidates(connection, hdfs, { sources, idType }, texts);
      beat("join");
      await createMissing(connection);
      yield* missingEvents(
        connection,
        texts,
        byNumber.map(({ topic }) => topic),
      );
    } finally {
      await texts.close();
    }
  } finally {
    await engine.close();
  }
}

/** Makes the table `candidates`, in which `place` and `bytes` say where in the file of texts the line lies. */
async function createCandidates(
  connection: Connection,
  hdfs: Hdfs,
  { sources, idType }: Pick<Join, "sources" | "idType">,
  texts: FileHandle,
): Promise<void> {
  await connection.run(
    `create table candidates (topic integer, uuid ${idType}, rank tinyint, ms bigint, place bigint, bytes integer)`,
  );
  const refs = sources.flatMap((source) => source.refs);
  const lines = linesOfFiles(hdfs, refs, async (bytes) => {
    await texts.appendFile(bytes);
  });
  await inBatches(connection, lines, () =>
    connection.run(`
      insert into candidates
      select t.no, split_part(l, chr(9), 2)::${idType}, split_part(l, chr(9), 3)::tinyint,
        split_part(l, chr(9), 4)::bigint, place, strlen(l)
      from (${LINES_WITH_OFFSETS}) left join topics t on t.topic = split_part(l, chr(9), 1)
      where l <> ''`),
  );
  await mustCount(
    connection,
    "candidates",
    sources.reduce((sum, { lines: count }) => sum + count, 0),
    "lines were written",
  );
}

/** Makes the table `missing`: the events, and `best` of their lines, by rank and time. */
async function createMissing(connection: Connection): Promise<void> {
  await connection.run(`
    create table missing_lines as
    select c.* from candidates c anti join held on held.uuid = c.uuid and held.topic = c.topic
    where c.topic is not null`);
  await connection.run("drop table candidates");
  await connection.run(`
    create table missing as
    select topic, uuid, min({'rank': rank, 'ms': ms}) best, greatest(1, count(*) filter (rank = 0)) copies
    from missing_lines group by topic, uuid`);
}

/** The missing events in order. Lines that are as good as one another come one after the other. */
async function* missingEvents(
  connection: Connection,
  texts: FileHandle,
  topics: string[],
): AsyncGenerator<MissingEvent> {
  const rows = connection.stream(`
    select m.topic, m.copies, l.place, l.bytes, m.uuid::varchar
    from missing m join missing_lines l on l.topic = m.topic and l.uuid = m.uuid and l.rank = m.best.rank and l.ms = m.best.ms
    order by m.topic, l.ms, m.uuid, l.place`);
  let events = 0;
  let current: { key: string; copies: number; line: Buffer } | undefined;
  const eventOf = ({
    copies,
    line,
  }: NonNullable<typeof current>): MissingEvent => {
    events++;
    return { ...parseCandidate(line.toString("utf8")), copies };
  };
  for await (const chunk of rows)
    for (let i = 0; i < chunk.length; i += TEXTS_AT_ONCE) {
      beat({ events });
      const some = chunk.slice(i, i + TEXTS_AT_ONCE) as Row[];
      const lines = some.map(([, , place, bytes]) =>
        textAt(texts, Number(place), bytes),
      );
      for (const [n, [topic, copies, , , uuid]] of some.entries()) {
        const key = `${topics[topic]!} ${uuid}`;
        const line = lines[n]!;
        if (current?.key === key) {
          if (Buffer.compare(line, current.line) < 0) current.line = line;
          continue;
        }
        if (current) yield eventOf(current);
        current = { key, copies: Number(copies), line };
      }
    }
  if (current) yield eventOf(current);
  await mustCount(connection, "missing", events, "events were given");
}

type Row = [number, bigint, bigint, number, string];

/** Read at once, from the system's cache: a turn of the event loop for each text would take longer than all else. */
function textAt(texts: FileHandle, at: number, bytes: number): Buffer {
  const text = Buffer.allocUnsafe(bytes);
  const bytesRead = readSync(texts.fd, text, 0, bytes, at);
  if (bytesRead !== bytes)
    throw new Error(`${bytesRead} of ${bytes} bytes of a candidate came back`);
  return text;
}
