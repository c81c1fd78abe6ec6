import { heartbeat } from "@temporalio/activity";
import { sagaPlaces } from "../../../clients/storage-layout";
import { type MissingEvent, parseMissing } from "../../../formats/candidate";
import { runSparkJob, type SparkDeps } from "../run-spark-job";
import type { Config } from "../../../domain/settings/config";
import { tagOf } from "../yarn-tag";

/**
 * The join of join-on-worker.ts as a Spark application, for what outgrows a worker's disk or patience; with the same answer on the same input.
 * @param held files of lines, as references; `candidates` likewise
 */
export async function* joinOnSpark(
  deps: SparkDeps,
  spark: NonNullable<Config["search"]["spark"]>,
  id: string,
  held: string[],
  candidates: string[],
): AsyncGenerator<MissingEvent> {
  const places = sagaPlaces(id);
  const run = await runSparkJob(deps, {
    spark,
    tag: tagOf(id, "search"),
    name: `find_missing_${id}`,
    inputs: { held, events: candidates },
    listOf: places.sparkList,
    output: places.sparkOutput,
  });
  heartbeat(`joined by ${run.id}`);
  for await (const line of run.lines) yield parseMissing(line);
}
