import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Config, parseConfig } from "../domain/settings/config";

/** Reads and checks a configuration file. @throws Error that names the file, or every wrong field */
export function loadConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(
      `no configuration at ${path}; give --config FILE or SISYPHUS_CONFIG`,
    );
  }
  return parseConfig(parse(text));
}
