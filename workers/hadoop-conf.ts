import { readFileSync } from "node:fs";
import { join } from "node:path";
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
 * @throws Error that names the folder or the file, where there is none or it cannot be read
 */
export function readHadoopConf(folder: string): HadoopSettings {
  const found = FILES.flatMap((name) => {
    const path = join(folder, name);
    const text = textOf(path);
    if (text === undefined) return [];
    try {
      return [parseSiteXml(text)];
    } catch (error) {
      throw new Error(
        `cluster.hadoopConf: ${path}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  });
  if (found.length === 0)
    throw new Error(
      `cluster.hadoopConf: ${folder} has none of ${FILES.join(", ")}`,
    );
  return hadoopSettings(hadoopConfiguration(found, process.env));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new Error(`cluster.hadoopConf: ${path} cannot be read (${code})`, {
      cause: error,
    });
  }
}
