import { Command } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom } from "../scripts/whole";

/**
 * An audit of a fleet on real services, against (a) an audit that asks topic-hour by topic-hour and (b) what an operator would script.
 *
 *   npx tsx bench/fleet.ts --topics 1000 --hours 168
 *
 * The fleet is kept (`var/bench`) and measured again by the next call; `--fresh` makes a new one.
 */
const whole = wholeFrom(1);

const program = new Command("bench/fleet")
  .option("--topics <n>", "topics", whole, 1000)
  .option("--hours <n>", "hours looked back", whole, 168)
  .option("--sample <n>", "topics the naive audit is measured on", whole, 5)
  .option("--fresh", "make the fleet anew")
  .option("--remembered", "leave out the first audit, which takes ten minutes")
  .option("--keep", "leave the sandbox up")
  .parse();

// Before any module of the sandbox is loaded.
useOwnSandbox("bench", 21_000, 8);

void import("./fleet/main").then(({ main }) =>
  main(
    program.opts<{
      topics: number;
      hours: number;
      sample: number;
      fresh?: boolean;
      remembered?: boolean;
      keep?: boolean;
    }>(),
  ).catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
