import { Command } from "commander";
import { wholeFrom, wholesFrom } from "../scripts/whole";
import { main } from "./search/main";

/**
 * Finding the events that nobody holds in an archive, half of it gzipped: by our own search, against shell tools, against DuckDB alone, and
 * against the same bytes read and dropped. All take turns.
 *
 *   npm run bench:search -- --events 550000 1100000 2200000
 */
const program = new Command("bench/search")
  .option("--events <n...>", "sizes, events of the archive", wholesFrom(1000))
  .option("--missing <percent>", "percentage that nobody holds", Number, 1)
  .option("--rounds <n>", "turns of each", wholeFrom(1), 3)
  .parse();

const { events, missing, rounds } = program.opts<{
  events?: number[];
  missing: number;
  rounds: number;
}>();
main({
  sizes: events ?? [550_000, 1_100_000, 2_200_000],
  missing,
  rounds,
}).catch((error: Error) => {
  console.error(process.env["DEBUG"] ? error.stack : error.message);
  process.exitCode = 1;
});
