// Makes a fresh clone ready: npm packages as the lock file pins them. Warm, it only compares a digest.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { kerberosHeaders } from "./kerberos-headers.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  console.error(
    `Sisyphus needs Node 20.12 or newer, this is ${process.versions.node}`,
  );
  process.exit(1);
}
const digest = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const mark = join(root, "node_modules", ".sisyphus-lock");
if (!existsSync(mark) || readFileSync(mark, "utf8") !== digest) {
  console.log("installing npm packages ...");
  const result = spawnSync(
    "npm",
    ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...kerberosHeaders(process.env) },
    },
  );
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(mark, digest);
}
