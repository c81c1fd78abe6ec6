import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ROOT } from "../../lib/root";

export { ROOT };

/** What set-up installs, shared by all checkouts: `SISYPHUS_CACHE`, else the XDG cache folder's `sisyphus`. */
export const CACHE = resolve(
  process.env["SISYPHUS_CACHE"] ??
    join(
      process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
      "sisyphus",
    ),
);

/** A running sandbox's data, logs and pids: `SISYPHUS_SANDBOX_DIR`, else `var/sandbox` in the checkout. */
export const SANDBOX_DIR = resolve(
  process.env["SISYPHUS_SANDBOX_DIR"] ?? join(ROOT, "var", "sandbox"),
);

/** The EventLogging host's archive: `all-events.log` that is being written, and below `archive` what rotation made of it. */
export const ARCHIVE_DIR = join(SANDBOX_DIR, "eventlog1002");

export const TEMPORAL_VERSION = "1.5.1";

function filesBelow(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .filter((name) => name !== "target")
    .flatMap((name) => {
      const path = join(dir, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

/** The built JVM module's folder; its name changes with the sources, so a stale build is never used. */
export function jvmDir(): string {
  const hash = createHash("sha256");
  for (const file of filesBelow(join(ROOT, "jvm"))) {
    hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  }
  return join(CACHE, "jvm", hash.digest("hex").slice(0, 16));
}
