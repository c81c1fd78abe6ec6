import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Config, parseConfig } from "../domain/settings/config";

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
  return parseConfig(value);
}
