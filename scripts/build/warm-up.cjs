// Runs commands of a build and leaves what V8 has compiled for them beside it: `node warm-up.cjs <folder of the build>`.
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { compiled, load } = require("../../bin/load.js");

const { main } = load(join(process.argv[2], "cli.js"));
/** What is compiled for these serves the others too: all of what asks Temporal is in parts that they share. The last ends the process. */
const COMMANDS = [
  ["audit", "status"],
  ["backfill", "status", "warm-up"],
  ["--help"],
];

const next = () => {
  const words = COMMANDS.shift();
  if (!words) return;
  process.argv = [process.execPath, "sisyphus", ...words];
  main();
};
process.on("beforeExit", next);
process.on("exit", (code) => {
  if (code !== 0 || COMMANDS.length > 0) return;
  for (const { path, code } of compiled()) writeFileSync(path, code);
});
next();
