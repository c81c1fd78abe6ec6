import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type HadoopSettings,
  hadoopSettings,
} from "../domain/settings/hadoop-settings";
import {
  hadoopConfiguration,
  parseSiteXml,
  type Property,
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
    try {
      const properties = propertiesIn(join(folder, name));
      return properties ? [properties] : [];
    } catch (error) {
      throw new Error(`${field}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
  if (found.length === 0)
    throw new Error(`${field}: ${folder} has none of ${FILES.join(", ")}`);
  return hadoopSettings(hadoopConfiguration(found, process.env));
}

/** Files that include one another in a ring would be read for ever. */
const MAX_DEPTH = 10;

/**
 * The properties of a file and of those that it includes; undefined where it is not there.
 * @param depth how many files include it
 * @throws Error that names the file, behind those that include it
 */
function propertiesIn(path: string, depth = 0): Property[] | undefined {
  const text = textOf(path, depth > 0);
  if (text === undefined) return undefined;
  try {
    if (depth > MAX_DEPTH)
      throw new Error(`more than ${MAX_DEPTH} files include one another`);
    return parseSiteXml(text, (href) =>
      propertiesIn(includedPath(href, path), depth + 1),
    );
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** As Hadoop finds it: beside the file that includes it, unless its path is absolute. */
function includedPath(href: string, from: string): string {
  const [, absolute] = /^file:(?:\/\/)?(\/[^/].*)$/i.exec(href) ?? [];
  if (absolute !== undefined) return absolute;
  if (/^[a-z][a-z\d+.-]+:/i.test(href))
    throw new Error("an xi:include that names no file of this host");
  return resolve(dirname(from), href);
}

function textOf(path: string, isIncluded: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || (code === "ENOTDIR" && isIncluded))
      return undefined;
    if (code === "ENOTDIR")
      throw new Error(
        `${dirname(path)} is no folder; one with ${FILES[0]} is wanted`,
        { cause: error },
      );
    throw new Error(`${path} cannot be read (${code})`, { cause: error });
  }
}
