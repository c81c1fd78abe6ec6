import { Command } from "commander";
import { useOwnSandbox } from "../scripts/own-sandbox";
import { wholeFrom } from "../scripts/whole";

/**
 * How long a command takes to start and to answer, against Temporal's own and against Node that does nothing. They take turns, each against the
 * same Temporal server, on which a real saga waits.
 *
 *   npm run bench:startup -- --rounds 20
 */
const program = new Command("bench/startup")
  .option("--rounds <n>", "turns of each", wholeFrom(1), 20)
  .parse();

// Before any module of the sandbox is loaded.
useOwnSandbox("bench-startup", 24_000);

void import("./startup/main").then(({ main }) =>
  main(program.opts<{ rounds: number }>()).catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
