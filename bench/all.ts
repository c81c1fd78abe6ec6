import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command, Argument } from "commander";

/** The parts, each a program with options of its own: `npm run bench:search -- --help`. */
const PARTS = [
  "startup",
  "search",
  "logs",
  "replay",
  "verify",
  "flags",
  "fleet",
  "saga",
];

/**
 * All benches one after the other, or those that are named, as they are by default. Each compares with what an operator would use instead, in the
 * same run on the same data, and prints a table.
 *
 *   npm run bench -- search logs
 */
new Command("bench/all")
  .addArgument(
    new Argument("[parts...]", "which parts; default: all").choices(PARTS),
  )
  .action((named: string[]) => {
    const failed = (named.length > 0 ? named : PARTS).filter((part) => {
      console.log(`\n${part}\n`);
      const { status } = spawnSync(
        process.execPath,
        ["--import", "tsx", join(__dirname, `${part}.ts`)],
        { stdio: "inherit" },
      );
      return status !== 0;
    });
    if (failed.length === 0) return;
    console.error(`failed: ${failed.join(", ")}`);
    process.exitCode = 1;
  })
  .parse();
