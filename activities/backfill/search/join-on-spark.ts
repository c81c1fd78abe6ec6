import { heartbeat } from "@temporalio/activity";
import type { Config } from "../../../domain/settings/config";
import { type MissingEvent, parseMissing } from "../../../formats/candidate";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import { heartbeatWhile } from "../../heartbeat-while";
import { tagOf } from "../yarn-tag";
import type { Submitter } from "../submitter";
import { linesOfFile } from "./line-files";

/** Where an application is to be run, and what reads and writes its files. */
type SparkDeps = { hdfs: Hdfs; storage: Storage; submitter: Submitter };

/**
 * The join of join-on-worker.ts as a Spark application, for what outgrows a worker's disk or patience; with the same answer on the same input.
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
