import { useOwnSandbox } from "../scripts/own-sandbox";
/**
 * How fast a replay is, by size of its transactions and by compression, against a plain producer that knows no transactions and reads nothing back.
 *
 *   npm run bench:replay
 */
// Before any module of the sandbox is loaded.
useOwnSandbox("bench-saga", 22_000, 2);

void import("./replay/main").then(({ main }) =>
  main().catch((error: Error) => {
    console.error(process.env["DEBUG"] ? error.stack : error.message);
    process.exitCode = 1;
  }),
);
