// Runs every test and closes with one plain line. Integration tests have sandboxes of their own, beside the operator's.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { closingLine, countsOf } from "./test-results.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sandboxDir =
  process.env.SISYPHUS_SANDBOX_DIR ?? join(root, "var", "test-sandbox");
const portBase = Number(process.env.SISYPHUS_PORT_BASE ?? "18000");
const sandboxNamed = (suffix, ports) => ({
  ...process.env,
  SISYPHUS_SANDBOX_DIR: sandboxDir + suffix,
  SISYPHUS_PORT_BASE: String(portBase + ports),
});
const env = sandboxNamed("", 0);
/** Two sandboxes need twice the memory of one. */
const HAS_ROOM = totalmem() > 12 * 2 ** 30;
const SECURED = "test/integration/secured/";
/**
 * What runs one after another, by group: the tests of a group that run side by side lie in several lanes. What a sandbox does is to wait for most
 * of the time, so that two of them on two cores are sooner done than one after the other.
 */
const LANES = {
  unit: [{ args: [], env }],
  workflow: [{ args: ["--runInBand"], env }],
  integration: [
    { args: ["--runInBand", "--testPathIgnorePatterns", SECURED], env },
    {
      args: ["--runInBand", "--testPathPatterns", SECURED],
      env: sandboxNamed("-secured", 400),
    },
  ],
};
const out = mkdtempSync(join(tmpdir(), "sisyphus-test-"));
const wanted = process.argv.slice(2);
const groups = wanted.length > 0 ? wanted : ["unit", "workflow", "integration"];
const unknown = groups.find((group) => !(group in LANES));
if (unknown !== undefined) {
  console.error(
    `there is no group ${unknown}; there are ${Object.keys(LANES).join(", ")}`,
  );
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

/** Runs the tests of a lane, and adds what came of them. */
async function run(group, lane, at) {
  const file = join(out, `${group}-${at}.json`);
  const jest = spawn(
    process.execPath,
    [
      join(root, "node_modules/jest/bin/jest.js"),
      "--selectProjects",
      group,
      "--json",
      "--outputFile",
      file,
      ...lane.args,
    ],
    { cwd: root, env: lane.env, stdio: ["ignore", "ignore", "inherit"] },
  );
  const [status] = await once(jest, "close");
  try {
    const counts = countsOf(JSON.parse(readFileSync(file, "utf8")));
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    // Jest can also end badly without a test to blame, for example where it finds no test at all.
    if (status !== 0 && counts.failed === 0) total.failed++;
  } catch {
    total.failed++;
  }
}

for (const group of groups) {
  const running = [];
  for (const [at, lane] of LANES[group].entries()) {
    running.push(run(group, lane, at));
    if (!HAS_ROOM) await running.at(-1);
  }
  await Promise.all(running);
}
rmSync(out, { recursive: true, force: true });
console.log(closingLine(total));
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
