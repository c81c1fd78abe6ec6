import { Command } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom } from "../scripts/whole";

/**
 * A large saga with real bulk steps on the sandbox: every topic lost every hour; searched, replayed, imported, refined and verified.
 *
 *   npm run bench:saga -- --topics 40 --hours 24 --events 200
 */
const whole = wholeFrom(1);

const program = new Command("bench/saga")
  .option("--topics <n>", "topics", whole, 40)
  .option("--hours <n>", "hours lost of each", whole, 24)
  .option("--events <n>", "events a topic-hour, about", whole, 200)
  .option("--keep", "leave the sandbox up")
  .parse();

// Before any module of the sandbox is loaded.
useOwnSandbox("bench-saga", 22_000, 2);

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
