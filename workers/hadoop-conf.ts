import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type HadoopSettings,
  hadoopSettings,
} from "../domain/settings/hadoop-settings";
import {
  hadoopConfiguration,
  parseSiteXml,
} from "../formats/hadoop/configuration";

/** In the order in which Hadoop reads them: what comes later counts. */
const FILES = [
  "core-site.xml",
  "hdfs-site.xml",
  "yarn-site.xml",
  "hive-site.xml",
];

/**
 * What Hadoop's client configuration says of the cluster.
 * @param field who has named the folder
 * @throws Error that names the folder or the file, where there is none or it cannot be read
 */
export function readHadoopConf(
  folder: string,
  field = "cluster.hadoopConf",
): HadoopSettings {
  const found = FILES.flatMap((name) => {
    const path = join(folder, name);
    const text = textOf(path, field);
    if (text === undefined) return [];
    try {
      return [parseSiteXml(text)];
    } catch (error) {
      throw new Error(`${field}: ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
  if (found.length === 0)
    throw new Error(`${field}: ${folder} has none of ${FILES.join(", ")}`);
  return hadoopSettings(hadoopConfiguration(found, process.env));
}

function textOf(path: string, field: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR")
      throw new Error(
        `${field}: ${dirname(path)} is no folder; one with ${FILES[0]} is wanted`,
        { cause: error },
      );
    throw new Error(`${field}: ${path} cannot be read (${code})`, {
      cause: error,
    });
  }
}
