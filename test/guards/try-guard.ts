import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Guard } from "./table";

const ROOT = resolve(__dirname, "../..");
/** What no test needs, and what is too large to be copied. */
const LEFT_OUT = new Set(["node_modules", ".git", "var", "dist"]);

/** Where a guard's test is, from the checkout's root, and the project of jest.config.cjs that it belongs to. */
export function testOf({ test }: Guard): { path: string; project: string } {
  return test.startsWith("workflow/")
    ? { path: `test/${test}.test.ts`, project: "workflow" }
    : { path: `test/unit/${test}.test.ts`, project: "unit" };
}

/** How often a guard's text stands in its file. */
export const occurrences = ({ file, guard }: Guard, root = ROOT): number =>
  readFileSync(join(root, file), "utf8").split(guard).length - 1;

type Results = { numTotalTests: number; numFailedTests: number };

/** What Jest wrote; none where it was ended before it could. */
function resultsIn(path: string): Results {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Results;
  } catch {
    return { numTotalTests: 0, numFailedTests: 0 };
  }
}

/** A copy of the checkout, in which guards are taken out one at a time. */
export class Copy {
  private readonly root = mkdtempSync(join(tmpdir(), "sisyphus-guards-"));

  constructor() {
    for (const entry of readdirSync(ROOT))
      if (!LEFT_OUT.has(entry))
        cpSync(join(ROOT, entry), join(this.root, entry), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
  }

  /**
   * Takes a guard out, runs its test, and puts the guard back.
   * @returns what is wrong with the guard's test; undefined where it fails, as it should
   */
  try(guard: Guard): string | undefined {
    const count = occurrences(guard, this.root);
    if (count !== 1)
      return `${guard.file} has the guard ${count} times, wanted is once`;
    const path = join(this.root, guard.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(guard.guard, () => guard.taken),
    );
    try {
      const { failed, broken } = this.jest(guard);
      if (failed > 0) return undefined;
      return broken ?? `${guard.test} passes without it`;
    } finally {
      writeFileSync(path, text);
    }
  }

  /** @returns how many tests failed, and why they could not be run where they could not */
  private jest(guard: Guard): { failed: number; broken?: string } {
    const { path, project } = testOf(guard);
    const results = join(this.root, "results.json");
    rmSync(results, { force: true });
    const { stderr } = spawnSync(
      process.execPath,
      [
        join(ROOT, "node_modules/jest/bin/jest.js"),
        path,
        "--selectProjects",
        project,
        "--forceExit",
        // A guard that keeps something from waiting for ever is missed soon.
        "--testTimeout",
        "10000",
        // Not to standard output, where the logs of workers go.
        "--json",
        "--outputFile",
        results,
      ],
      { cwd: this.root, encoding: "utf8", timeout: 120_000 },
    );
    // A suite that cannot be loaded, or that hangs, says nothing of the guard.
    const { numTotalTests, numFailedTests } = resultsIn(results);
    return numTotalTests > 0
      ? { failed: numFailedTests }
      : { failed: 0, broken: `${path} cannot be run: ${stderr.slice(-2000)}` };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
