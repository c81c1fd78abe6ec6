const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

/** Folders whose files are a part of the build. */
const SOURCES = [
  ...["activities", "cli", "clients", "domain", "formats", "importers"],
  ...["lib", "reports", "sandbox", "scripts", "temporal-config"],
  ...["workers", "workflows"],
];

/** When a file of a folder was changed last, in epoch ms; 0 where there is none. */
const newestIn = (folder) =>
  existsSync(folder)
    ? Math.max(
        0,
        ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
          // Every command asks this of hundreds of files: `join` would take as long as the rest.
          const path = `${folder}/${entry.name}`;
          return entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs;
        }),
      )
    : 0;

/** Whether what was built of a checkout is missing, or older than its sources. An installed package was built when it was packed. */
function isOld(root) {
  if (!existsSync(join(root, "scripts", "build.mjs"))) return false;
  const mark = join(root, "dist", "current");
  if (!existsSync(mark)) return true;
  const builtAt = statSync(mark).mtimeMs;
  return SOURCES.some((folder) => newestIn(join(root, folder)) > builtAt);
}

/** The path of a built program; a checkout's is built first where that is needed. */
function built(name) {
  const root = join(__dirname, "..");
  if (isOld(root)) {
    const { status } = spawnSync(
      process.execPath,
      [join(root, "scripts", "build.mjs")],
      { cwd: root, stdio: ["ignore", 2, 2] },
    );
    if (status !== 0) process.exit(status ?? 1);
  }
  const dist = join(root, "dist");
  return join(dist, readFileSync(join(dist, "current"), "utf8"), name);
}

module.exports = { built, isOld };
