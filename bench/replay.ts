import { parseArgs } from "node:util";
import { useOwnSandbox } from "../scripts/own-sandbox";

/**
 * How fast a replay is, exactly-once and its read-back included, against kafka-console-producer, which sends the same events once and reads
 * nothing back. They take turns.
 *
 *   npm run bench:replay -- [--events 100000,300000] [--rounds 3] [--partitions 4] [--compression none]
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "100000,300000" },
    rounds: { type: "string", default: "3" },
    partitions: { type: "string", default: "4" },
    compression: { type: "string", default: "none" },
  },
});
// Before any module of the sandbox is loaded.
useOwnSandbox("bench-replay", 22_000, 2);

void import("./replay/main").then(({ main }) =>
  main({
    sizes: values.events.split(",").map(Number),
    rounds: Number(values.rounds),
    partitions: Number(values.partitions),
    compression: values.compression,
  }).catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
