import { log } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import {
  type Place,
  sagaPlaces,
  type SparkCounting,
} from "../../../clients/storage-layout";
import type { Storage } from "../../../clients/storage";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { Config } from "../../../domain/settings/config";
import {
  type CountedLine,
  hourToCountLine,
  parseCountedLine,
  parseHourToCount,
  replayedLine,
} from "../../../formats/counted-hour";
import { eventReaderOf } from "../../../domain/settings/event-reader";
import type { EventReader } from "../../../formats/events/event-reader";
import { shortDigest } from "../../../lib/digest";
import { grouped } from "../../../lib/grouped";
import { total } from "../../../lib/total";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { heartbeatWhile } from "../../heartbeat-while";
import { runSparkJob, type SparkDeps } from "../run-spark-job";
import { sagaId } from "../saga-id";
import { LineFiles, linesOfFile } from "../search/line-files";
import { tagOf } from "../yarn-tag";
import { activityKey } from "./activity-key";
import { listHours, type PlacedHour } from "./list-hours";
import { replayedUuids } from "./replayed-uuids";
import type { TopicHour, VerifiedHour } from "./topic-hours";

/** Topic-hours that are listed at a time. */
const LISTED_HOURS = 200;
/** Size of the files of lines that Spark reads. */
const PART_BYTES = 8 << 20;

/** What Spark has found of an hour all of whose files it could read. */
export type CountedHour = Pick<VerifiedHour, "partition" | "counts" | "unread">;

/** By the hours' numbers; with the application that has counted, or how it failed, where one was asked. */
export type CountedHours = {
  hours: ReadonlyMap<number, CountedHour>;
  application?: string;
};

type Deps = SparkDeps &
  Pick<EvidenceClients, "hive" | "source"> & {
    config: Pick<Config, "verify" | "events" | "refine">;
  };

/** Spark was not asked, or has too little to count. */
export const NOT_ON_SPARK: CountedHours = { hours: new Map() };

/**
 * Has Spark count topic-hours, where it is configured and they have at least `verify.sparkFromRows` records by the names of their raw files.
 * @returns what was found; nothing of hours with a raw file whose name does not tell how many records it has, nor of those with a file that has
 * changed since it was listed, is damaged, or is otherwise not as expected: they are to be counted by row-reading.ts, which tells what it is.
 * Nothing at all where the application has failed: one file can bring it down, and must not keep the others from being verified
 */
export async function countOnSpark(
  deps: Deps,
  hours: TopicHour[],
  missing: MissingTopic[],
): Promise<CountedHours> {
  const { spark } = deps.config.verify;
  if (spark === undefined || hours.length === 0) return NOT_ON_SPARK;
  const id = sagaId();
  const key = activityKey();
  const places = sagaPlaces(id).countingOnSpark(key);
  const reader = eventReaderOf(deps.config);
  const inputs = await inputsOf(deps, places, hours, missing, reader);
  if (inputs === undefined) return NOT_ON_SPARK;
  const run = {
    spark,
    // Bound to the activity: when an operator has the step tried again, all rows are counted again.
    tag: tagOf(id, `verify-${shortDigest(key, 12)}`),
    name: `count_rows_${id}`,
    inputs,
    more: argumentsOf(reader),
    listOf: places.list,
    output: places.output,
  };
  try {
    const { id: application, lines } = await runSparkJob(deps, run);
    return {
      hours: await countedHours(deps, inputs, lines, application),
      application,
    };
  } catch (error) {
    if (!isFailureOfApplication(error)) throw error;
    log.warn(`a worker counts what Spark was to count: ${error.message}`);
    return { ...NOT_ON_SPARK, application: `failed: ${error.message}` };
  }
}

/** How Spark is to read events that are no capsules. As JSON: a pointer may hold any character. */
const argumentsOf = ({ pointers }: EventReader): string[] =>
  pointers === undefined
    ? []
    : [
        "--identity",
        JSON.stringify(pointers.identity),
        "--ip",
        JSON.stringify(pointers.ip),
      ];

const isFailureOfApplication = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === "ApplicationFailed";

type Places = ReturnType<ReturnType<typeof sagaPlaces>["countingOnSpark"]>;

/** What Spark is to read, as an attempt before has recorded it or written anew; undefined where it is too little for Spark. */
async function inputsOf(
  deps: Deps,
  places: Places,
  hours: TopicHour[],
  missing: MissingTopic[],
  reader: EventReader,
): Promise<SparkCounting | undefined> {
  const { config, source, storage } = deps;
  const recorded = await storage.read(places.inputs);
  if (recorded !== undefined) return recorded;
  let listed = 0;
  let written = 0;
  const write = async () => {
    const countable: CountableHour[] = [];
    for (let i = 0; i < hours.length; i += LISTED_HOURS) {
      const some = await listHours(deps, hours.slice(i, i + LISTED_HOURS));
      countable.push(
        ...some.flatMap((hour) => countableOf(source, hour) ?? []),
      );
      listed += some.length;
    }
    const records = countable.flatMap(({ raw }) => raw);
    if (total(records, "records") < config.verify.sparkFromRows)
      return undefined;
    const files = (placeOf: PlaceOfLines) =>
      new LineFiles(storage, placeOf, PART_BYTES);
    return storage.recordOnce(places.inputs, {
      hours: await hoursIn(files(places.hours), countable, () => written++),
      replayed: await replayedIn(
        storage,
        files(places.replayed),
        hours,
        missing,
        reader,
      ),
    });
  };
  return heartbeatWhile(write, () => ({
    listed,
    ofListed: hours.length,
    ...(written > 0 ? { written } : {}),
  }));
}

/** A listed hour all of whose raw files tell by their names how many records they have. */
type CountableHour = Omit<PlacedHour, "raw"> & {
  raw: (PlacedHour["raw"][number] & { records: number })[];
};

function countableOf(
  source: Deps["source"],
  hour: PlacedHour,
): CountableHour | undefined {
  const raw: CountableHour["raw"] = [];
  for (const file of hour.raw) {
    const parsed = source.parse(file.name, hour.of.hour);
    if ("problem" in parsed) return undefined;
    raw.push({ ...file, records: parsed.count });
  }
  return { ...hour, raw };
}

type PlaceOfLines = (part: number, digest: string) => Place<string>;

async function hoursIn(
  files: LineFiles,
  hours: CountableHour[],
  each: () => void,
): Promise<string[]> {
  const inDir = <F extends { name: string }>(dir: string, listed: F[]) =>
    listed.map((file) => ({ ...file, path: `${dir}/${file.name}` }));
  for (const { of, rawDir, raw, refinedDir, refined, unread } of hours) {
    await files.add(
      hourToCountLine({
        no: of.no,
        raw: inDir(rawDir, raw),
        refined: inDir(refinedDir!, refined),
        ...(unread === undefined ? {} : { unread }),
      }),
    );
    each();
  }
  await files.flush();
  return files.refs;
}

async function replayedIn(
  storage: Storage,
  files: LineFiles,
  hours: TopicHour[],
  missing: MissingTopic[],
  reader: EventReader,
): Promise<string[]> {
  const byTopic = grouped(hours, ({ topic }) => topic);
  for (const each of missing) {
    const ofTopic = byTopic.get(each.topic) ?? [];
    for await (const byHour of replayedUuids(storage, each, ofTopic, reader))
      for (const [no, uuids] of byHour)
        for (const uuid of uuids) await files.add(replayedLine(no, uuid));
  }
  await files.flush();
  return files.refs;
}

/** Reads Spark's answer. @throws Error where it is not about each hour that was asked for, once, or does not hold what its files gave */
async function countedHours(
  { hdfs }: Deps,
  inputs: SparkCounting,
  lines: AsyncIterable<string>,
  application: string,
): Promise<Map<number, CountedHour>> {
  const answered = new Map<number, CountedLine>();
  for await (const text of lines) {
    const line = parseCountedLine(text);
    if (answered.has(line.no))
      throw new Error(`${application} tells of hour ${line.no} twice`);
    answered.set(line.no, line);
  }
  const counted = new Map<number, CountedHour>();
  for (const ref of inputs.hours)
    for await (const text of linesOfFile(hdfs, ref)) {
      if (text === "") continue;
      const { no, refinedFiles, unread } = parseHourToCount(text, ref);
      const line = answered.get(no);
      if (line === undefined)
        throw new Error(`${application} does not tell of hour ${no} of ${ref}`);
      if (line.leftOut > 0) continue;
      counted.set(no, {
        partition: refinedFiles > 0,
        counts: countsOf(line, application),
        ...(unread === undefined ? {} : { unread }),
      });
    }
  return counted;
}

function countsOf(
  { no, leftOut: _, rowsTold, eventsTold, events, ...counts }: CountedLine,
  application: string,
): CountedHour["counts"] {
  if (counts.rows !== rowsTold || events !== eventsTold)
    throw new Error(
      `${application}: hour ${no} has ${counts.rows} rows of ${rowsTold} and ${events} events of ${eventsTold} that its files gave`,
    );
  return counts;
}
