import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import type { Place } from "../../clients/storage-layout";
import type { Config } from "../../domain/settings/config";
import { heartbeatWhile } from "../heartbeat-while";
import { linesOfFile } from "./search/line-files";
import type { Submitter } from "./submitter";

/** Where an application is to be run, and what reads and writes its files. */
export type SparkDeps = { hdfs: Hdfs; storage: Storage; submitter: Submitter };

type Run = {
  spark: NonNullable<Config["search"]["spark"]>;
  /** By which the application is found again by an attempt that takes over. */
  tag: string;
  /** Its name, as YARN's pages show it. */
  name: string;
  /** Files of lines that it reads, as references, by the name of their argument. */
  inputs: Record<string, string[]>;
  /** More arguments, names and values. */
  more?: string[];
  /** Where the list of an input's files is written. */
  listOf: (input: string) => Place<string>;
  /** The folder that it writes. */
  output: Place<string>;
};

/**
 * Runs a job of jvm/spark-jobs to its end, heartbeating its application's id.
 * @returns the lines that it has written, and its id
 * @throws ApplicationFailure `ApplicationFailed` where it did not succeed
 */
export async function runSparkJob(
  { hdfs, storage, submitter }: SparkDeps,
  { spark, tag, name, inputs, more = [], listOf, output }: Run,
): Promise<{ id: string; lines: AsyncIterable<string> }> {
  const out = storage.path(output);
  const lists: string[] = [];
  for (const [input, refs] of Object.entries(inputs))
    lists.push(
      `--${input}`,
      await storage.writeText(listOf(input), refs.join("\n")),
    );
  let told: unknown = { waitingFor: `the application of tag ${tag}` };
  const { id } = await heartbeatWhile(
    () =>
      submitter.submitAndAwait(
        {
          submit: spark.submit,
          tag,
          name,
          class: spark.class,
          jar: spark.jar,
          arguments: [...lists, ...more, "--out", out],
        },
        (progress) => {
          told = progress;
        },
      ),
    () => told,
  );
  return { id, lines: linesWritten(hdfs, id, out) };
}

async function* linesWritten(
  hdfs: Hdfs,
  id: string,
  out: string,
): AsyncGenerator<string> {
  const written = await hdfs.list(out);
  if (!written)
    throw fatal("ApplicationFailed", `${id} has written nothing to ${out}`);
  const files = written.map((f) => f.name).filter((n) => n.startsWith("part-"));
  for (const name of files.sort())
    for await (const line of linesOfFile(hdfs, `${out}/${name}`))
      if (line !== "") yield line;
}
