import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";

/**
 * A large saga with real bulk steps on the sandbox: every topic lost every hour; searched, replayed, imported, refined and verified.
 *
 *   npm run bench:saga -- --topics 40 --hours 24 --events 200
 */
function whole(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new InvalidArgumentError("a whole number from 1");
  return n;
}

const program = new Command("bench/saga")
  .option("--topics <n>", "topics", whole, 40)
  .option("--hours <n>", "hours lost of each", whole, 24)
  .option("--events <n>", "events a topic-hour, about", whole, 200)
  .option("--keep", "leave the sandbox up")
  .parse();

// Before any module reads them.
process.env["SISYPHUS_SANDBOX_DIR"] ??= join(
  __dirname,
  "..",
  "var",
  "bench-saga",
);
process.env["SISYPHUS_PORT_BASE"] ??= "22000";
process.env["SISYPHUS_HEAP_FACTOR"] ??= "2";

void import("./saga/main").then(({ main }) =>
  main(
    program.opts<{
      topics: number;
      hours: number;
      events: number;
      keep?: boolean;
    }>(),
  ).catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
