import { heartbeat } from "@temporalio/activity";
import type { Config } from "../../../domain/settings/config";
import { type MissingEvent, parseMissing } from "../../../formats/candidate";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import { beating, tagOf } from "../import";
import type { Submitter } from "../submitter";
import { linesOfFile } from "./line-files";

/** Where an application is to be run, and what reads and writes its files. */
type SparkDeps = { hdfs: Hdfs; storage: Storage; submitter: Submitter };

/**
 * The join of anti-join.ts as a Spark application, for what outgrows a worker's disk or patience; with the same answer on the same input.
 * @param held files of lines, as references; `candidates` likewise
 */
export async function* joinOnSpark(
  { hdfs, storage, submitter }: SparkDeps,
  spark: NonNullable<Config["search"]["spark"]>,
  id: string,
  held: string[],
  candidates: string[],
): AsyncGenerator<MissingEvent> {
  const places = sagaPlaces(id);
  const out = storage.path(places.sparkOutput);
  const list = (name: string, refs: string[]) =>
    storage.writeText(places.sparkList(name), refs.join("\n"));
  const stop = beating(() => "joining on Spark");
  let app: { id: string };
  try {
    app = await submitter.finished(tagOf(id, "search"), [
      ...spark.submit,
      ...["--class", spark.class, "--name", `find_missing_${id}`],
      ...["--conf", `spark.yarn.tags=${tagOf(id, "search")}`],
      ...["--conf", "spark.yarn.submit.waitAppCompletion=false"],
      spark.jar,
      ...["--held", await list("held", held)],
      ...["--events", await list("events", candidates)],
      ...["--out", out],
    ]);
  } finally {
    stop();
  }
  heartbeat(`joined by ${app.id}`);
  const files = ((await hdfs.list(out)) ?? [])
    .map((f) => f.name)
    .filter((name) => name.startsWith("part-"))
    .sort();
  for (const name of files)
    for await (const line of linesOfFile(hdfs, `${out}/${name}`))
      if (line !== "") yield parseMissing(line);
}
