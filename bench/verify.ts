import { Command } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom } from "../scripts/whole";

/**
 * Counting what partitions hold after a repair: by the verification, against Spark over the same files, and against the same bytes read and
 * dropped. All take turns.
 *
 *   npm run bench:verify -- --topics 40 --hours 50
 *
 * The files are kept (`var/bench-verify`) and counted again by the next call; `--fresh` makes new ones.
 */
const whole = wholeFrom(1);
const program = new Command("bench/verify")
  .option("--topics <n>", "topics", whole, 40)
  .option("--hours <n>", "hours of each", whole, 50)
  .option("--events <n>", "events of an hour, about", whole, 300)
  .option("--rounds <n>", "turns of each", whole, 3)
  .option("--fresh", "make the files anew")
  .option("--keep", "leave the sandbox up")
  .parse();

// Before any module of the sandbox is loaded.
useOwnSandbox("bench-verify", 26_000, 2);

void import("./verify/main").then(({ main }) =>
  main(
    program.opts<{
      topics: number;
      hours: number;
      events: number;
      rounds: number;
      fresh?: boolean;
      keep?: boolean;
    }>(),
  ).catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
