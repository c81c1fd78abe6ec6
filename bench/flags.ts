import { Command } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom, wholesFrom } from "../scripts/whole";

/**
 * Moving done flags aside with a record of each, as a saga does, against `hdfs dfs -mv` with a glob, and against bare renames side by side.
 * They take turns on the same HDFS.
 *
 *   npm run bench:flags -- --flags 1000 10000
 */
const program = new Command("bench/flags")
  .option("--flags <n...>", "sizes, flags", wholesFrom(1))
  .option("--rounds <n>", "turns of each", wholeFrom(1), 3)
  .parse();
// Before any module of the sandbox is loaded.
useOwnSandbox("bench-flags", 24_000, 2);

const { flags, rounds } = program.opts<{ flags?: number[]; rounds: number }>();
void import("./flags/main").then(({ main }) =>
  main({ sizes: flags ?? [1000, 3000, 10_000], rounds }).catch(
    (error: Error) => {
      console.error(process.env["DEBUG"] ? error.stack : error.message);
      process.exitCode = 1;
    },
  ),
);
