import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../lib/root";

/** The version of Sisyphus that runs here, as package.json has it. */
export const version = (): string =>
  (
    JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    }
  ).version;
