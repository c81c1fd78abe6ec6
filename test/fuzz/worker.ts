import { parentPort, workerData } from "node:worker_threads";
import type { Campaign, Report } from "./campaign";
import { tryInput } from "./one-input";
import { parserNamed } from "./table";

// Runs in a thread of its own, which can be ended where a parser does not return.
const { parser, from, inputs, current } = workerData as Campaign & {
  current: Int32Array;
};

async function run(): Promise<Report> {
  const row = parserNamed(parser);
  const report: Report = { read: 0, refused: 0, faults: [] };
  for (let number = from; number < from + inputs; number++) {
    Atomics.store(current, 0, number);
    const outcome = await tryInput(row, number);
    if (typeof outcome === "string") report[outcome]++;
    else report.faults.push({ number, fault: outcome.fault });
    if (report.faults.length >= 10) break;
  }
  return report;
}

void run().then((report) => parentPort!.postMessage(report));
