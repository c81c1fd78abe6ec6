import { MockActivityEnvironment } from "@temporalio/testing";
import {
  type CountedHour,
  type CountedHours,
  countOnSpark,
} from "../../../activities/backfill/verify/count-on-spark";
import { RowReading } from "../../../activities/backfill/verify/row-reading";
import {
  type VerifiedHour,
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
import { CHANGED, hourOfKind, kindsOfHours, nameOfRaw } from "./kinds-of-hours";
import { CAPSULES } from "../../../formats/eventlogging/capsules";

type Deps = ReturnType<typeof createDependencies>;

/** Replayed events of the first hours, of which the first has a row. */
const REPLAYED = Array.from({ length: 12 }, (_, i) =>
  [1, 99].map((n) => line(uuid(n), { dt: `${hourOfKind(i)}:30:00Z` })),
).flat();

const withoutHour = ({ of: _, ...found }: VerifiedHour) => found;

/** Counts hours of all kinds on Spark and on a worker, all on HDFS. @returns what each has found, by what the hour is */
export async function countedTwice(deps: Deps): Promise<{
  spark: Record<string, CountedHour | undefined>;
  worker: Record<string, Omit<VerifiedHour, "of">>;
  /** What a worker tells that is given what Spark has counted, and reads the rest. */
  both: Record<string, Omit<VerifiedHour, "of">>;
  /** Which kinds Spark is to count. */
  countable: string[];
}> {
  const { countable, others } = await kindsOfHours();
  const kinds = Object.entries({ ...countable, ...others });
  const names = kinds.map(([name]) => name);
  const hours = topicHoursOf(
    [{ topic: TOPIC, hours: names.map((_, i) => hourOfKind(i)) }] as never,
    deps.config.naming,
  );
  const write = async (dir: string, name: string, bytes: Buffer) => {
    await deps.hdfs.write(`${dir}/${name}`, bytes);
  };
  const writeRaw = async (i: number) => {
    const { dataset, hour } = hours[i]!;
    const dir = deps.source.hourDir(dataset, hour);
    const { raw, noData = {} } = kinds[i]![1];
    for (const [partition, file] of raw.entries())
      await write(dir, nameOfRaw(file, hour, partition), file.bytes);
    for (const [name, bytes] of Object.entries(noData))
      await write(dir, name, bytes);
  };
  for (const [i, [, { refined }]] of kinds.entries()) {
    const { dataset, hour } = hours[i]!;
    await writeRaw(i);
    for (const [name, bytes] of Object.entries(refined))
      await write(refinedHourDir(dataset, hour), name, bytes);
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
  /** Records what Spark is given, and has a file change before that reads it. */
  const storage = Object.create(deps.storage) as Deps["storage"];
  storage.recordOnce = async (place, value) => {
    await writeRaw(names.indexOf(CHANGED));
    return deps.storage.recordOnce(place, value);
  };
  const { hours: spark }: CountedHours = await env.run(() =>
    countOnSpark({ ...deps, storage }, hours, missing),
  );
  const read = async (counted: CountedHours["hours"] = new Map()) => {
    const found: Record<string, Omit<VerifiedHour, "of">> = {};
    const reading = new RowReading(deps, {
      reader: CAPSULES,
      topicHours: hours,
      missing,
      deep: new Set(),
      counted,
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
    countable: Object.keys(countable),
  };
}
