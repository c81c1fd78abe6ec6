import { cancellationSignal, heartbeat } from "@temporalio/activity";
import type { HourRange } from "../../../lib/hour";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import { type MissingEvent, parseMissing } from "../../../formats/candidate";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../../../formats/eventlogging/event-capsule";
import { antiJoin, type Lines } from "./anti-join";
import type { createCollectActivities } from "./collect";
import type { Systems } from "../../audit/evidence/evidence";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { tagOf } from "../yarn-tag";
import { heartbeatWhile } from "../../heartbeat-while";
import { LineFiles, linesOfFile } from "./line-files";
import type { Storage } from "../../../clients/storage";
import type { Submitter } from "../submitter";
import type {
  Collected,
  MissingTopic,
  Missing,
  MissingPart,
} from "../../../domain/backfill/missing";
import { sagaPlaces } from "../../../clients/storage-layout";
import { sha256 } from "../../../lib/digest";
import { sagaId } from "../saga-id";

/** A file of missing events; a replay has one of each of some topics in memory. */
const FILE_BYTES = 2 << 20;

type Joined = Pick<PlannedTopic, "topic" | "schema" | "lostOffsets">;
/** Finding what was lost: the archives and MySQL, anti-joined by uuid with what Kafka and raw hours hold. */
export function createMissingActivities(
  deps: Systems & { storage: Storage; submitter: Submitter },
  collect: ReturnType<typeof createCollectActivities>,
) {
  const { config, hdfs, storage, submitter } = deps;

  async function* lines(refs: string[], what: string): Lines {
    for (const ref of refs) {
      heartbeat(`${what} ${ref.slice(ref.lastIndexOf("/") + 1)}`);
      cancellationSignal().throwIfAborted();
      yield* linesOfFile(hdfs, ref);
    }
  }

  /** The same join as a Spark application, for what outgrows a worker's disk or patience. */
  async function* onSpark(
    id: string,
    held: string[],
    candidates: string[],
  ): AsyncGenerator<MissingEvent> {
    const spark = config.search.spark!;
    const places = sagaPlaces(id);
    const out = storage.path(places.sparkOutput);
    const list = (name: string, refs: string[]) =>
      storage.writeText(places.sparkList(name), refs.join("\n"));
    const app = await heartbeatWhile(
      async () =>
        submitter.submitAndAwait({
          submit: spark.submit,
          tag: tagOf(id, "search"),
          name: `find_missing_${id}`,
          class: spark.class,
          jar: spark.jar,
          arguments: [
            ...["--held", await list("held", held)],
            ...["--events", await list("events", candidates)],
            ...["--out", out],
          ],
        }),
      () => "joining on Spark",
    );
    heartbeat(`joined by ${app.id}`);
    const files = ((await hdfs.list(out)) ?? [])
      .map((f) => f.name)
      .filter((name) => name.startsWith("part-"))
      .sort();
    for (const name of files)
      for await (const line of linesOfFile(hdfs, `${out}/${name}`))
        if (line !== "") yield parseMissing(line);
  }

  /** Stores missing events, which come sorted by topic, a list of files a topic. */
  async function store(
    id: string,
    topics: Joined[],
    events: AsyncIterable<MissingEvent>,
  ): Promise<MissingTopic[]> {
    const places = sagaPlaces(id);
    const found = new Map<string, MissingTopic>();
    const none = (t: Joined): MissingTopic => ({
      topic: t.topic,
      ref: "",
      digest: "",
      events: 0,
      fromArchive: 0,
      fromMysql: 0,
      messages: 0,
      unrecoverable: t.lostOffsets,
    });
    let open: { told: MissingTopic; files: LineFiles } | undefined;
    const close = async () => {
      if (!open) return;
      const { told, files } = open;
      await files.flush();
      const parts: MissingPart[] = [];
      for (const ref of files.refs) {
        const text = (await hdfs.readText(ref))!;
        parts.push({
          ref,
          digest: sha256(text),
          events: text.split("\n").length - 1,
        });
      }
      const list = JSON.stringify(
        parts.map(({ digest, events }) => ({ digest, events })),
      );
      told.digest = sha256(list);
      told.ref = await storage.write(
        places.missingParts(told.topic, told.digest),
        parts,
      );
    };
    const known = new Map(topics.map((t) => [t.topic, t]));
    for await (const event of events) {
      if (open?.told.topic !== event.topic) {
        await close();
        const told = none(known.get(event.topic)!);
        found.set(event.topic, told);
        open = {
          told,
          files: new LineFiles(
            storage,
            (part) => places.missingEvents(event.topic, part),
            FILE_BYTES,
          ),
        };
      }
      const { told, files } = open;
      told.events++;
      told.messages += event.copies;
      if (event.rank === 0) told.fromArchive++;
      else told.fromMysql++;
      told.unrecoverable = Math.max(
        0,
        known.get(event.topic)!.lostOffsets - told.messages,
      );
      await files.add(event.json);
    }
    await close();
    return topics.map((t) => found.get(t.topic) ?? none(t));
  }

  return {
    /**
     * Joins what was collected. Once stored, the answer stays: a second call after a replay has begun would not find what was replayed.
     */
    async joinMissing(input: {
      topics: Joined[];
      held: string;
      sources: string[];
      /** Of the memory that a worker has for it, where several join side by side. */
      share?: number;
    }): Promise<Missing> {
      const id = sagaId();
      const places = sagaPlaces(id);
      const stored = await storage.read(places.missing);
      if (stored !== undefined) return stored;
      const held = await storage.readRef<Collected>(input.held);
      const sources = await Promise.all(
        input.sources.map((ref) => storage.readRef<Collected>(ref)),
      );
      const candidates = sources.flatMap((s) => s.refs);
      const many = sources.reduce((sum, s) => sum + s.lines, held.lines);
      const { spark, sparkFromLines, memoryMb } = config.search;
      const remote = spark !== undefined && many >= sparkFromLines;
      const topics = await store(
        id,
        input.topics,
        remote
          ? onSpark(id, held.refs, candidates)
          : antiJoin(
              lines(held.refs, "held"),
              lines(candidates, "candidates"),
              Math.floor((memoryMb << 20) * (input.share ?? 1)),
            ),
      );
      const unreadable = sources.flatMap((s) => s.unreadable);
      const result: Missing = {
        topics,
        files: sources.flatMap((s) => s.files),
        unreadable: unreadable.length,
        unreadableNamed: unreadable.slice(0, 20),
        joinedBy: remote ? "Spark" : "worker",
      };
      return storage.recordOnce(places.missing, result);
    },
    /** The whole search in one activity, as sagas of 0.1.0 call it; it knows this host's archive only. */
    async findMissing(input: {
      topics: PlannedTopic[];
      range: HourRange;
    }): Promise<Missing> {
      const { ref: archive } = await collect.collectArchive(input);
      const { ref: mysql } = await collect.collectMysql(input);
      const { ref: held } = await collect.collectHeld(input);
      return this.joinMissing({
        topics: input.topics,
        held,
        sources: [archive, mysql],
      });
    },
  };
}

function* eventsOf(ref: string, text: string): Generator<EventCapsule> {
  for (const line of text.trimEnd().split("\n")) {
    const parsed = parseCapsuleLine(line);
    if ("error" in parsed) throw new Error(`${ref}: ${parsed.error}`);
    yield parsed.event;
  }
}

/** The events of a stored list, file by file, each parsed as it is taken. @throws where the bytes are not the ones that were stored */
export async function* readMissing(
  hdfs: Hdfs,
  missing: MissingTopic,
): AsyncGenerator<Iterable<EventCapsule>> {
  if (missing.events === 0) return;
  const read = async (ref: string) => {
    const text = await hdfs.readText(ref);
    if (text === undefined) throw new Error(`${ref} is missing from storage`);
    return text;
  };
  const changed = (ref: string) =>
    new Error(`${ref} is not what was stored there`);
  let parts: MissingPart[] = [missing];
  if (missing.ref.endsWith(".json")) {
    parts = JSON.parse(await read(missing.ref)) as MissingPart[];
    const list = parts.map(({ digest, events }) => ({ digest, events }));
    if (sha256(JSON.stringify(list)) !== missing.digest)
      throw changed(missing.ref);
  }
  for (const { ref, digest } of parts) {
    const text = await read(ref);
    if (sha256(text) !== digest) throw changed(ref);
    yield eventsOf(ref, text);
  }
}
