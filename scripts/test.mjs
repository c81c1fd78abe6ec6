// Runs every test and closes with one plain line. Integration tests have a sandbox of their own, beside the operator's.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { closingLine, countsOf } from "./test-results.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const env = {
  ...process.env,
  SISYPHUS_SANDBOX_DIR:
    process.env.SISYPHUS_SANDBOX_DIR ?? join(root, "var", "test-sandbox"),
  SISYPHUS_PORT_BASE: process.env.SISYPHUS_PORT_BASE ?? "18000",
};
const out = mkdtempSync(join(tmpdir(), "sisyphus-test-"));
const wanted = process.argv.slice(2);
const GROUPS = ["unit", "workflow", "integration"];
const groups = wanted.length > 0 ? wanted : GROUPS;
const unknown = groups.find((group) => !GROUPS.includes(group));
if (unknown !== undefined) {
  console.error(`there is no group ${unknown}; there are ${GROUPS.join(", ")}`);
  process.exit(1);
}
// Unit tests need nothing but Node.
if (groups.some((group) => group !== "unit")) {
  const ready = spawnSync(
    process.execPath,
    [join(root, "bin/sandbox.js"), "setup"],
    { cwd: root, env, stdio: ["ignore", 2, "inherit"] },
  );
  if (ready.status !== 0) process.exit(1);
}
const total = { passed: 0, failed: 0, skipped: 0 };
for (const group of groups) {
  const file = join(out, `${group}.json`);
  const run = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/jest/bin/jest.js"),
      "--selectProjects",
      group,
      "--json",
      "--outputFile",
      file,
      ...(group === "unit" ? [] : ["--runInBand"]),
    ],
    {
      cwd: root,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  try {
    const counts = countsOf(JSON.parse(readFileSync(file, "utf8")));
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    // Jest can also end badly without a test to blame, for example where it finds no test at all.
    if (run.status !== 0 && counts.failed === 0) total.failed++;
  } catch {
    total.failed++;
  }
}
rmSync(out, { recursive: true, force: true });
console.log(closingLine(total));
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
