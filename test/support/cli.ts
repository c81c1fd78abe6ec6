import { spawn } from "node:child_process";
import { join } from "node:path";
import { environment } from "../../sandbox/platform/config";
import { ROOT } from "../../sandbox/platform/paths";
import { ports } from "../../sandbox/platform/ports";

export type Ran = { code: number; stdout: string; stderr: string };

function run(program: string, args: string[]): Promise<Ran> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      [join(ROOT, "bin", program), ...args],
      { env: { ...process.env, ...environment(ports()), NODE_OPTIONS: "" } },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (d: Buffer) => (stdout += d.toString("utf8")));
    child.stderr.on("data", (d: Buffer) => (stderr += d.toString("utf8")));
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}

/** The operator's command against the test's sandbox. */
export const sisyphus = (...args: string[]) => run("sisyphus.js", args);
export const sandbox = (...args: string[]) => run("sandbox.js", args);
