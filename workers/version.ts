import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of Sisyphus that runs here, as package.json has it. */
export const version = (): string =>
  (
    JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as {
      version: string;
    }
  ).version;
