import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Config, parseConfig } from "../domain/settings/config";
import { readHadoopConf } from "./hadoop-conf";

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      code === "ENOENT"
        ? `no configuration at ${path}; give --config FILE or SISYPHUS_CONFIG`
        : `${path} cannot be read: ${message}`,
      { cause: error },
    );
  }
}

/** Reads and checks a configuration file. @throws Error that names the file, or every wrong field and what is allowed there */
export function loadConfig(path: string): Config {
  const text = textOf(path);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new Error(`${path} is not YAML: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return parseConfig(withHadoopConf(value));
}

/** A configuration with what Hadoop's own says beside it. What is no configuration stays as it is: it is told when that is checked. */
function withHadoopConf(value: unknown): unknown {
  const { hadoopConf } = (sectionOf(value, "cluster") ?? {}) as {
    hadoopConf?: unknown;
  };
  if (typeof hadoopConf !== "string") return value;
  const found = Object.entries(readHadoopConf(hadoopConf)).map(
    ([section, says]) => [section, { ...says, ...sectionOf(value, section) }],
  );
  return { ...(value as object), ...Object.fromEntries(found) };
}

/** A section of what a file holds; undefined where there is none. */
function sectionOf(value: unknown, name: string): object | undefined {
  const section = (value as Record<string, unknown> | null)?.[name];
  return typeof section === "object" && section !== null ? section : undefined;
}
