// Runs every test and closes with one plain line. Integration tests have a sandbox of their own, beside yours.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const env = {
  ...process.env,
  SISYPHUS_SANDBOX_DIR:
    process.env.SISYPHUS_SANDBOX_DIR ?? join(root, "var", "test-sandbox"),
  SISYPHUS_PORT_BASE: process.env.SISYPHUS_PORT_BASE ?? "18000",
};
const out = mkdtempSync(join(tmpdir(), "sisyphus-test-"));
const wanted = process.argv.slice(2);
const groups = wanted.length > 0 ? wanted : ["unit", "workflow", "integration"];
const ready = spawnSync(
  process.execPath,
  [join(root, "bin/sandbox.js"), "setup"],
  { cwd: root, env, stdio: ["ignore", 2, "inherit"] },
);
if (ready.status !== 0) process.exit(1);
let passed = 0;
let failed = 0;
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
    const result = JSON.parse(readFileSync(file, "utf8"));
    passed += result.numPassedTests;
    // A file that cannot even be loaded counts as one failed test.
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    if (
      run.status !== 0 &&
      result.numFailedTests + result.numRuntimeErrorTestSuites === 0
    )
      failed++;
  } catch {
    failed++;
  }
}
rmSync(out, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
