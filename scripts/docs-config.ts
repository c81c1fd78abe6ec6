import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withReference } from "./config-reference";

/** Makes the reference in docs/configuration.md anew from the schema: `npm run docs:config`. */
const PAGE = join(__dirname, "..", "docs", "configuration.md");

writeFileSync(PAGE, withReference(readFileSync(PAGE, "utf8")));
