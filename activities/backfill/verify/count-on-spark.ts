import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import {
  sagaPlaces,
  type SparkCounting,
} from "../../../clients/storage-layout";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { Config } from "../../../domain/settings/config";
import {
  type CountedLine,
  hourToCountLine,
  parseCountedLine,
  parseHourToCount,
  replayedLine,
} from "../../../formats/counted-hour";
import type { Importer } from "../../../importers/importer";
import { shortDigest } from "../../../lib/digest";
import { grouped } from "../../../lib/grouped";
import { total } from "../../../lib/total";
import { sagaId } from "../saga-id";
import { LineFiles, linesOfFile } from "../search/line-files";
import type { Submitter } from "../submitter";
import { tagOf } from "../yarn-tag";
import { activityKey } from "./activity-key";
import type { HourLists, PlacedHour } from "./hour-lists";
import { replayedUuids } from "./replayed-uuids";
import type { VerifiedHour } from "./row-reading";
import type { TopicHour } from "./topic-hours";

/** Topic-hours that are listed at a time. */
const LISTED_HOURS = 200;
/** Size of the files of lines that Spark reads. */
const PART_BYTES = 8 << 20;

/** What Spark has found of an hour all of whose files it could read. */
export type CountedHour = Pick<VerifiedHour, "partition" | "counts" | "unread">;

type Deps = {
  config: Pick<Config, "verify">;
  hdfs: Hdfs;
  source: Pick<Importer, "parse">;
  storage: Storage;
  submitter: Submitter;
};

/**
 * Has Spark count topic-hours, where it is configured and they have at least `verify.sparkFromRows` records by the names of their raw files.
 * @param lists is asked for the hours' files, and keeps them where Spark does not count
 * @param listed is told how many hours are listed
 * @returns what was found, by the hours' numbers; nothing of hours with a file that has changed since, is damaged, or is otherwise not as
 * expected: to be counted by row-reading.ts, which tells what it is
 */
export async function countOnSpark(
  deps: Deps,
  lists: HourLists,
  hours: TopicHour[],
  missing: MissingTopic[],
  listed: (hours: number) => void,
): Promise<Map<number, CountedHour>> {
  const { config, storage } = deps;
  const { spark, sparkFromRows } = config.verify;
  if (spark === undefined || hours.length === 0) return new Map();
  const id = sagaId();
  const key = activityKey();
  const places = sagaPlaces(id).countingOnSpark(key);
  let inputs = await storage.read(places.inputs);
  if (inputs === undefined) {
    const placed: PlacedHour[] = [];
    for (let i = 0; i < hours.length; i += LISTED_HOURS) {
      placed.push(...(await lists.keep(hours.slice(i, i + LISTED_HOURS))));
      listed(placed.length);
    }
    if (recordsOf(deps.source, placed) < sparkFromRows) return new Map();
    inputs = await storage.recordOnce(places.inputs, {
      hours: await writeHours(storage, places.hours, placed),
      replayed: await writeReplayed(storage, places.replayed, hours, missing),
    });
  }
  const list = (name: string, refs: string[]) =>
    storage.writeText(places.list(name), refs.join("\n"));
  await deps.submitter.submitAndAwait({
    submit: spark.submit,
    // Bound to the activity: when an operator has the step tried again, all rows are counted again.
    tag: tagOf(id, `verify-${shortDigest(key, 12)}`),
    name: `count_rows_${id}`,
    class: spark.class,
    jar: spark.jar,
    arguments: [
      ...["--hours", await list("hours", inputs.hours)],
      ...["--replayed", await list("replayed", inputs.replayed)],
      ...["--out", storage.path(places.output)],
    ],
  });
  return countedHours(deps, inputs, storage.path(places.output));
}

/** How many records raw files hold by their names; what a name does not tell counts as none. */
const recordsOf = (source: Deps["source"], hours: PlacedHour[]): number =>
  hours.reduce((sum, { of, raw }) => {
    const files = raw.flatMap(({ name }) => {
      const parsed = source.parse(name, of.hour);
      return "problem" in parsed ? [] : [parsed];
    });
    return sum + total(files, "count");
  }, 0);

type PlaceOfLines = ConstructorParameters<typeof LineFiles>[1];

async function writeHours(
  storage: Storage,
  placeOf: PlaceOfLines,
  hours: PlacedHour[],
): Promise<string[]> {
  const files = new LineFiles(storage, placeOf, PART_BYTES);
  for (const { of, rawDir, raw, refinedDir, refined, unread } of hours) {
    const inDir = (dir: string, listed: PlacedHour["raw"]) =>
      listed.map((file) => ({ ...file, path: `${dir}/${file.name}` }));
    await files.add(
      hourToCountLine({
        no: of.no,
        raw: inDir(rawDir, raw),
        refined: inDir(refinedDir, refined),
        ...(unread === undefined ? {} : { unread }),
      }),
    );
  }
  await files.flush();
  return files.refs;
}

async function writeReplayed(
  storage: Storage,
  placeOf: PlaceOfLines,
  hours: TopicHour[],
  missing: MissingTopic[],
): Promise<string[]> {
  const files = new LineFiles(storage, placeOf, PART_BYTES);
  const byTopic = grouped(hours, ({ topic }) => topic);
  for (const each of missing)
    for await (const byHour of replayedUuids(
      storage,
      each,
      byTopic.get(each.topic) ?? [],
    ))
      for (const [no, uuids] of byHour)
        for (const uuid of uuids) await files.add(replayedLine(no, uuid));
  await files.flush();
  return files.refs;
}

/** Reads Spark's answer. @throws Error where it is not about each hour that was asked for, or does not hold what its files gave */
async function countedHours(
  { hdfs }: Deps,
  inputs: SparkCounting,
  output: string,
): Promise<Map<number, CountedHour>> {
  const lines = new Map<number, CountedLine>();
  for (const { name } of (await hdfs.list(output)) ?? []) {
    if (!name.startsWith("part-")) continue;
    for await (const text of linesOfFile(hdfs, `${output}/${name}`)) {
      if (text === "") continue;
      const line = parseCountedLine(text);
      lines.set(line.no, line);
    }
  }
  const counted = new Map<number, CountedHour>();
  for (const ref of inputs.hours)
    for await (const text of linesOfFile(hdfs, ref)) {
      if (text === "") continue;
      const { no, refinedFiles, unread } = parseHourToCount(text, ref);
      const line = lines.get(no);
      if (line === undefined)
        throw new Error(`${output} does not tell of hour ${no} of ${ref}`);
      if (line.unread > 0) continue;
      counted.set(no, {
        partition: refinedFiles > 0,
        counts: countsOf(line, output),
        ...(unread === undefined ? {} : { unread }),
      });
    }
  return counted;
}

function countsOf(
  { no, unread: _, rowsTold, eventsTold, events, ...counts }: CountedLine,
  output: string,
): CountedHour["counts"] {
  if (counts.rows !== rowsTold || events !== eventsTold)
    throw new Error(
      `${output}: hour ${no} has ${counts.rows} rows of ${rowsTold} and ${events} events of ${eventsTold} that its files gave`,
    );
  return counts;
}
