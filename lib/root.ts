import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder at or above another that has the package's own package.json. */
const rootAbove = (folder: string): string =>
  existsSync(join(folder, "package.json"))
    ? folder
    : rootAbove(dirname(folder));

/** Sisyphus' own folder: a checkout, or where the package is installed. */
export const ROOT = rootAbove(__dirname);
