import { MockActivityEnvironment } from "@temporalio/testing";
import {
  type CountedHour,
  countOnSpark,
} from "../../../activities/backfill/verify/count-on-spark";
import {
  HourLists,
  type PlacedHour,
} from "../../../activities/backfill/verify/hour-lists";
import {
  RowReading,
  type VerifiedHour,
} from "../../../activities/backfill/verify/row-reading";
import {
  type TopicHour,
  topicHoursOf,
} from "../../../activities/backfill/verify/topic-hours";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { refinedHourDir } from "../../../domain/settings/dataset";
import { sha256 } from "../../../lib/digest";
import type { createDependencies } from "../../../workers/dependencies";
import {
  HOUR,
  line,
  TOPIC,
  uuid,
} from "../../unit/activities/backfill/verify/refined-world";
import { CHANGED, hourOfKind, kindsOfHours } from "./kinds-of-hours";

type Deps = ReturnType<typeof createDependencies>;

/** Replayed events of the first hours, of which the first has a row. */
const REPLAYED = Array.from({ length: 12 }, (_, i) =>
  [1, 99].map((n) => line(uuid(n), { dt: `${hourOfKind(i)}:30:00Z` })),
).flat();

/** Lists hours, and has the files of one change then. */
class HoursThatChange extends HourLists {
  constructor(private readonly deps: Deps) {
    super(deps);
  }

  override async keep(hours: TopicHour[]): Promise<PlacedHour[]> {
    const placed = await super.keep(hours);
    const { whole, others } = await kindsOfHours();
    const names = Object.keys({ ...whole, ...others });
    const { rawDir, raw } = placed[names.indexOf(CHANGED)]!;
    for (const { name } of raw)
      await this.deps.hdfs.write(
        `${rawDir}/${name}`,
        others[CHANGED]!.raw[name]!,
      );
    return placed;
  }
}

const withoutHour = ({ of: _, ...found }: VerifiedHour) => found;

/** Counts hours of all kinds on Spark and on a worker, all on HDFS. @returns what each has found, by what the hour is */
export async function countedTwice(deps: Deps): Promise<{
  spark: Record<string, CountedHour | undefined>;
  worker: Record<string, Omit<VerifiedHour, "of">>;
  /** What a worker tells that is given what Spark has counted, and reads the rest. */
  both: Record<string, Omit<VerifiedHour, "of">>;
  /** Which kinds Spark is to count. */
  whole: string[];
}> {
  const { whole, others } = await kindsOfHours();
  const kinds = Object.entries({ ...whole, ...others });
  const names = kinds.map(([name]) => name);
  const hours = topicHoursOf(
    [{ topic: TOPIC, hours: names.map((_, i) => hourOfKind(i)) }] as never,
    deps.config.naming,
  );
  for (const [i, [, { raw, refined }]] of kinds.entries()) {
    const { dataset, hour } = hours[i]!;
    for (const [dir, files] of [
      [deps.source.hourDir(dataset, hour), raw],
      [refinedHourDir(dataset, hour), refined],
    ] as const)
      for (const [name, bytes] of Object.entries(files))
        await deps.hdfs.write(`${dir}/${name}`, bytes);
  }
  const text = REPLAYED.map((l) => `${l}\n`).join("");
  const ref = await deps.storage.writeText(
    { folder: "test-verify", name: "replayed.ndjson" },
    text,
  );
  const missing = [
    { topic: TOPIC, ref, digest: sha256(text), events: REPLAYED.length },
  ] as MissingTopic[];
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: `backfill/${HOUR}`, runId: "r" },
  });
  const spark: Map<number, CountedHour> = await env.run(() =>
    countOnSpark(
      deps,
      new HoursThatChange(deps),
      hours,
      missing,
      () => undefined,
    ),
  );
  const read = async (counted?: Map<number, CountedHour>) => {
    const found: Record<string, Omit<VerifiedHour, "of">> = {};
    const reading = new RowReading(deps, {
      topicHours: hours,
      missing,
      deep: new Set(),
      lists: new HourLists(deps),
      ...(counted ? { counted } : {}),
    });
    await env.run(() =>
      reading.run(async (some) => {
        for (const hour of some) found[names[hour.of.no]!] = withoutHour(hour);
      }),
    );
    return found;
  };
  return {
    spark: Object.fromEntries(names.map((name, no) => [name, spark.get(no)])),
    worker: await read(),
    both: await read(spark),
    whole: Object.keys(whole),
  };
}
