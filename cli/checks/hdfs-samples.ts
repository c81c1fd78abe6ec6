import type { FileStatus, Hdfs } from "../../clients/hdfs/hdfs";
import { datasetOf } from "../../domain/settings/dataset";
import type { Config } from "../../domain/settings/config";
import { directoryOf } from "../../lib/paths";
import { sampled } from "./probe";

/** Folders that are looked at, of thousands. */
const SAMPLES = 5;
/** Year, month, day, hour, and what else a site may have. */
const DEPTH = 8;

type Client = Pick<Hdfs, "list">;

/** What lies in the newest hour of a folder: where, and one of its files. */
export type Newest = { folder: string; file?: FileStatus };

const isPlain = ({ name }: FileStatus) => !/^[._]/.test(name);
const inOrder = (a: FileStatus, b: FileStatus) =>
  a.name.localeCompare(b.name, "en", { numeric: true });

/** Goes down to the last folder by name, and the last below that. @returns undefined where the folder does not exist */
export async function newestBelow(
  hdfs: Client,
  folder: string,
): Promise<Newest | undefined> {
  let found: Newest | undefined;
  let at: string | undefined = folder;
  for (let depth = 0; at !== undefined && depth <= DEPTH; depth++) {
    const children = await hdfs.list(at);
    if (!children) return found;
    const plain = children.filter(isPlain).sort(inOrder);
    const file = plain.findLast(({ type }) => type === "FILE");
    found = { folder: at, ...(file ? { file } : {}) };
    const next = plain.findLast(({ type }) => type === "DIRECTORY");
    at = next && `${at}/${next.name}`;
  }
  return found;
}

/** Folders of some audited topics; where Kafka tells of none, of what lies beside one another on HDFS. */
export async function sampleFolders(
  config: Config,
  hdfs: Client,
  kind: "rawDir" | "refinedDir",
  topics: readonly string[],
): Promise<string[]> {
  const datasets = topics.flatMap(
    (topic) => datasetOf(topic, config.naming) ?? [],
  );
  if (datasets.length > 0)
    return sampled(datasets, SAMPLES).map((dataset) => dataset[kind]);
  const { rawPath, refinedPath } = config.naming;
  const [before, after] = (kind === "rawDir" ? rawPath : refinedPath).split(
    /\{\w+\}/,
  );
  const parent = directoryOf(`${before}x`);
  const children = (await hdfs.list(parent === "" ? "/" : parent)) ?? [];
  return sampled(
    children.filter((child) => child.type === "DIRECTORY" && isPlain(child)),
    SAMPLES,
  ).map(
    ({ name }) => `${parent}/${name}${after?.startsWith("/") ? after : ""}`,
  );
}
