import { parseArgs } from "node:util";
import { type Report, runCampaign } from "../test/fuzz/campaign";
import { PARSERS, parserNamed } from "../test/fuzz/table";

/*
 * Gives every parser inputs that were real files before something happened to them: `npm run fuzz`. Whatever it does but to read an input
 * or to refuse it with the right error is a fault; it is printed with the command that does it again.
 */

const PATIENCE_MS = 5000;

const { values } = parseArgs({
  options: {
    parser: { type: "string" },
    inputs: { type: "string", default: "100000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
  },
});

/** @throws Error where a text is no whole number */
function whole(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number >= 2 ** 31)
    throw new Error(`--${option} takes a whole number below 2^31`);
  return number;
}

async function run(): Promise<void> {
  const names = values.parser
    ? [parserNamed(values.parser).name]
    : PARSERS.map(({ name }) => name);
  const campaign =
    values.seed === undefined
      ? {
          from: whole("from", values.from),
          inputs: whole("inputs", values.inputs),
        }
      : { from: whole("seed", values.seed), inputs: 1 };
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

void run();
