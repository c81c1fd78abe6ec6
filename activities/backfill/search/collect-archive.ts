import { basename } from "node:path";
import { cancellationSignal } from "@temporalio/activity";
import { type ArchiveFile, datedEvent } from "../../../clients/archive-files";
import { type Connection, Engine } from "../../../clients/duckdb/engine";
import type { EventArchive } from "../../../clients/event-archive";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type {
  Collected,
  CollectedUnit,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import { candidateLine, candidateOf } from "../../../formats/candidate";
import type { EventReader } from "../../../formats/events/event-reader";
import { topicsBySchema } from "../../../domain/backfill/topics-by-schema";
import { shortDigest } from "../../../lib/digest";
import { type HourRange, inRange } from "../../../lib/hour";
import { endOfLine } from "../../../lib/lines";
import { mapPool } from "../../../lib/map-pool";
import { paceOf } from "../../../lib/pace";
import { total } from "../../../lib/total";
import { heartbeatWhile } from "../../heartbeat-while";
import {
  ArchiveKeys,
  UnreadableLines,
  numberedLines,
  textOfLine,
} from "./archive-keys";
import { createHeld, createTopics } from "./search-tables";
import type { AddLine, SearchUnits } from "./search-units";

/** What is joined at a time is one such part of all events, so that what is held need not be in memory twice. */
const JOIN_PARTS = 8;

/** Files that are read side by side. */
const WIDTH = 2;

export type ArchiveSearch = {
  topics: SearchedTopic[];
  range: HourRange;
  /** How many buckets the topics name; default 1. */
  buckets?: number;
  /** What Kafka and raw hours hold; without it nothing is known to be held, and all events are given. */
  held?: Collected[];
};

type Deps = {
  archive: EventArchive;
  hdfs: Hdfs;
  units: SearchUnits;
  /** The archive's host. */
  host: string;
  /** MiB for DuckDB. */
  memoryMb: number;
};

/**
 * Candidates from the archive of this host: its events of the topics in the range that nobody holds, a unit a file. Each file is read where
 * it lies: first DuckDB tells which lines are of interest, then those are taken out as they are, byte by byte.
 * @returns a reference of what was collected for each bucket
 */
export async function collectFromArchive(
  { archive, hdfs, units, host, memoryMb }: Deps,
  { topics, range, buckets, held = [] }: ArchiveSearch,
): Promise<string[]> {
  const source = `archive-${host.replaceAll(/[^\w.-]/g, "_")}`;
  // Where an operator has had a topic skipped meanwhile, the same file gives other lines, and so it does where more is held.
  const searched = [
    ...topics.map((t) => `${t.schema} ${t.bucket ?? 0}`),
    ...held.flatMap(({ refs }) => refs),
  ].join(" ");
  const { files, closed } = await archive.open();
  let engine: Engine | undefined;
  try {
    engine = await Engine.open({ memoryMb, signal: cancellationSignal() });
    const reading = new ArchiveReading(topics, range, files, archive.reader);
    const search = await reading.prepare(engine, hdfs, held);
    const collectFile = async (file: ArchiveFile): Promise<CollectedUnit> => {
      const { path, size, mtimeMs } = file;
      // The log that is being written grows: its size and its time are part of a unit's name, too.
      const version = shortDigest(`${path} ${size} ${mtimeMs} ${searched}`);
      const unit = await units.doneOnce(
        `${source}/${basename(path)}-${version}`,
        (add) => search(file, add),
        buckets,
      );
      reading.finish(file);
      return unit;
    };
    const collected = await heartbeatWhile(
      () => mapPool(files, WIDTH, collectFile),
      () => reading.progress,
    );
    const unopened = closed.map(({ file, message }): CollectedUnit => ({
      buckets: Array.from({ length: buckets ?? 1 }, () => ({
        refs: [],
        lines: 0,
      })),
      files: [file],
      unreadable: [{ file, line: 1, error: message }],
    }));
    return await units.storeSource(
      source,
      [...collected, ...unopened],
      buckets,
      { host, heldLeftOut: held.flatMap(({ refs }) => refs) },
    );
  } finally {
    await engine?.close();
    await Promise.all(files.map((file) => file.close()));
  }
}

/** The reading of the files of one search. */
class ArchiveReading {
  private readonly began = performance.now();
  private readonly open = new Set<ArchiveFile>();
  private files = 0;
  private bytes = 0;

  constructor(
    private readonly topics: SearchedTopic[],
    private readonly range: HourRange,
    private readonly all: ArchiveFile[],
    private readonly events: EventReader,
  ) {}

  /** What a heartbeat tells; bytes as they lie on the disk. */
  get progress() {
    const ofBytes = total(this.all, "size");
    const begun = [...this.open].reduce((sum, f) => sum + f.bytesRead, 0);
    const bytes = Math.min(this.bytes + begun, ofBytes);
    const seconds = (performance.now() - this.began) / 1000;
    return {
      files: this.files,
      ofFiles: this.all.length,
      bytes,
      ofBytes,
      ...paceOf(bytes, ofBytes - bytes, seconds),
    };
  }

  finish({ size }: ArchiveFile): void {
    this.files++;
    this.bytes += size;
  }

  /** Gets the engine ready. @returns what searches a file and adds its candidates */
  async prepare(engine: Engine, hdfs: Hdfs, collected: Collected[]) {
    const connection = await engine.connect();
    const bySchema = topicsBySchema(this.topics);
    const topics = await createTopics(connection, [...bySchema.values()]);
    const numbers = new Map(topics.map(({ schema }, no) => [schema, no]));
    /** Loaded once there is a file that has not been searched yet, beside the first files. */
    let loaded: Promise<void> | undefined;
    return async (
      file: ArchiveFile,
      add: AddLine,
    ): Promise<Omit<CollectedUnit, "buckets">> => {
      const held = (loaded ??= createHeld(
        engine,
        hdfs,
        collected,
        this.events.engine.idType,
      ));
      // Whoever waits for it is told of its failure.
      held.catch(() => undefined);
      const named = new UnreadableLines(file.path);
      const reader = await engine.connect();
      this.open.add(file);
      try {
        const keys = new ArchiveKeys(
          reader,
          this.range,
          (schema) => numbers.get(schema),
          this.events,
        );
        // Side by side. Where one fails, the other is waited for: both use the engine.
        await mapPool([() => held, () => keys.read(file, named)], 2, (work) =>
          work(),
        );
        const { range, events } = this;
        await findMissing(reader, events.engine.idType);
        const searched = { topics, range, events };
        await addMissing(reader, file, searched, named, add);
        return { files: [file.path], unreadable: named.inOrder };
      } finally {
        this.open.delete(file);
        await reader.close();
      }
    };
  }
}

/** Makes the table `wanted` of the events in the table `keys` that nobody holds. */
async function findMissing(
  connection: Connection,
  idType: EventReader["engine"]["idType"],
): Promise<void> {
  await connection.run(
    `create temp table wanted (line bigint, topic integer, uuid ${idType})`,
  );
  for (let part = 0; part < JOIN_PARTS; part++) {
    const ofPart = `where hash(uuid) % ${JOIN_PARTS} = ${part}`;
    await connection.run(`
      insert into wanted select line, topic, uuid
      from (from keys ${ofPart}) k anti join (from held ${ofPart}) h on h.uuid = k.uuid and h.topic = k.topic`);
  }
  await connection.run("drop table keys");
}

/** Adds the lines of a file of which the table `wanted` tells, as they are. */
async function addMissing(
  connection: Connection,
  file: ArchiveFile,
  {
    topics,
    range,
    events,
  }: Pick<ArchiveSearch, "topics" | "range"> & { events: EventReader },
  named: UnreadableLines,
  add: AddLine,
): Promise<void> {
  const wanted = wantedLines(connection, events);
  // Its damage is named already.
  const again = new UnreadableLines(file.path);
  let next = await wanted.next();
  if (next.done) return;
  for await (const { first, count, bytes } of numberedLines(file, again)) {
    let line = first;
    for (let at = 0; at < bytes.length && !next.done;) {
      const [number, no, uuid] = next.value;
      if (number > first + count) break;
      const end = endOfLine(bytes, at);
      line++;
      if (number === line) {
        const text = bytes.subarray(at, end).toString("utf8");
        const topic = topics[no]!;
        const read = datedEvent(textOfLine(text), events);
        // Nobody holds it: it is named whatever else was.
        if ("error" in read) named.addAlways(line, read.error);
        else if (
          read.event.uuid !== uuid ||
          read.event.schema !== topic.schema ||
          !inRange(read.hour, range)
        )
          named.addAlways(
            line,
            "it names its schema, identity or time twice, or was changed while it was read",
          );
        else
          await add(
            candidateLine(candidateOf(topic.topic, 0, read.event, read.text)),
            topic.bucket,
          );
        next = await wanted.next();
      }
      at = end;
    }
    if (next.done) return;
  }
  throw new Error(`${file.path} has changed while it was read`);
}

type WantedLine = [line: number, topic: number, uuid: string];

async function* wantedLines(
  connection: Connection,
  { engine }: EventReader,
): AsyncGenerator<WantedLine> {
  const chunks = connection.stream(
    `select line, topic, ${engine.textSql("uuid")} from wanted order by line`,
  );
  for await (const rows of chunks)
    for (const [line, topic, uuid] of rows as [bigint, number, string][])
      yield [Number(line), topic, uuid];
}
