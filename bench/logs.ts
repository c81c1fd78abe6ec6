import { Command, Option } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom, wholesFrom } from "../scripts/whole";

/**
 * Reading what a large application's aggregated logs say: by our own reader, against `yarn logs | grep`, and against the same bytes fetched
 * and dropped. The three take turns.
 *
 *   npm run bench:logs -- --mb 512 1024 2048 --codec none
 */
const program = new Command("bench/logs")
  .option("--mb <n...>", "sizes, MB of text", wholesFrom(1))
  .addOption(
    new Option("--codec <name...>", "compressions")
      .choices(["none", "gz"])
      .default(["none", "gz"]),
  )
  .option("--rounds <n>", "turns of each", wholeFrom(1), 3)
  .parse();

// Before any module of the sandbox is loaded.
useOwnSandbox("bench-logs", 23_000, 2);

void import("./logs/main").then(({ main }) => {
  const { mb, codec, rounds } = program.opts<{
    mb?: number[];
    codec: string[];
    rounds: number;
  }>();
  return main({ sizes: mb ?? [512, 1024, 2048], codecs: codec, rounds }).catch(
    (error: Error) => {
      console.error(process.env["DEBUG"] ? error.stack : error.message);
      process.exitCode = 1;
    },
  );
});
