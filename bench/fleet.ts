import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";

/**
 * An audit of a fleet on real services, against (a) an audit that asks topic-hour by topic-hour and (b) what an operator would script.
 *
 *   npx tsx bench/fleet.ts --topics 1000 --hours 168
 *
 * The fleet is kept (`var/bench`) and measured again by the next call; `--fresh` makes a new one.
 */
function whole(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new InvalidArgumentError("a whole number from 1");
  return n;
}

const program = new Command("bench/fleet")
  .option("--topics <n>", "topics", whole, 1000)
  .option("--hours <n>", "hours looked back", whole, 168)
  .option("--sample <n>", "topics the naive audit is measured on", whole, 5)
  .option("--fresh", "make the fleet anew")
  .option("--remembered", "leave out the first audit, which takes ten minutes")
  .option("--keep", "leave the sandbox up")
  .parse();

// Before any module reads them.
process.env["SISYPHUS_SANDBOX_DIR"] ??= join(__dirname, "..", "var", "bench");
process.env["SISYPHUS_PORT_BASE"] ??= "21000";
process.env["SISYPHUS_HEAP_FACTOR"] ??= "8";

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
