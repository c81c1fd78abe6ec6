import { join } from "node:path";

/**
 * How fast a replay is, by size of its transactions and by compression, against a plain producer that knows no transactions and reads nothing back.
 *
 *   npm run bench:replay
 */
// Before any module reads them.
process.env["SISYPHUS_SANDBOX_DIR"] ??= join(
  __dirname,
  "..",
  "var",
  "bench-saga",
);
process.env["SISYPHUS_PORT_BASE"] ??= "22000";
process.env["SISYPHUS_HEAP_FACTOR"] ??= "2";

void import("./replay/main").then(({ main }) =>
  main().catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
