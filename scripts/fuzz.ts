import { Command, Option } from "commander";
import { type Report, runCampaign } from "../test/fuzz/campaign";
import { PARSERS } from "../test/fuzz/table";
import { wholeFrom } from "./whole";

/*
 * Gives every parser inputs that were real files before something happened to them: `npm run fuzz`. Whatever it does but to read an input
 * or to refuse it with the right error is a fault; it is printed with the command that does it again.
 */

const PATIENCE_MS = 5000;

const whole = wholeFrom(0);

type Options = {
  parser?: string;
  inputs: number;
  from: number;
  seed?: number;
};

new Command("fuzz")
  .description("every parser reads damaged files, or refuses them rightly")
  .addOption(
    new Option("--parser <name>", "only this one").choices(
      PARSERS.map(({ name }) => name),
    ),
  )
  .option("--inputs <n>", "so many inputs for each parser", whole, 100_000)
  .option("--from <n>", "the first input's number", whole, 0)
  .option("--seed <n>", "only the input of this number", whole)
  .action(run)
  .parse();

async function run({ parser: only, inputs, from, seed }: Options) {
  const names = only ? [only] : PARSERS.map(({ name }) => name);
  const campaign =
    seed === undefined ? { from, inputs } : { from: seed, inputs: 1 };
  let faults = 0;
  for (const parser of names) {
    const began = Date.now();
    const report = await runCampaign({ parser, ...campaign }, PATIENCE_MS);
    faults += report.faults.length;
    tell(parser, campaign.from, report, (Date.now() - began) / 1000);
  }
  console.log(`${names.length} parsers, ${faults} faults`);
  process.exitCode = faults > 0 ? 1 : 0;
}

function tell(parser: string, from: number, report: Report, seconds: number) {
  const { read, refused, faults } = report;
  console.log(
    `${parser}: ${read} read, ${refused} refused, ${faults.length} faults; inputs from ${from} on, ${seconds.toFixed(0)} s`,
  );
  for (const { number, fault } of faults) {
    console.log(`  npm run fuzz -- --parser ${parser} --seed ${number}`);
    console.log(fault.replace(/^/gm, "    "));
  }
}
