// Builds what bins and workers run, from the checkout's TypeScript into dist/: `npm run build`. The bins call it where it is missing or old.
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";
import { build } from "esbuild";
import { writeCodeCache } from "./build/code-cache.mjs";
import { buildCommand } from "./build/command.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const BUILDS_KEPT = 5;
const began = Date.now();
const name = `${began}-${process.pid}`;
const folder = join(DIST, name);

/** Packages with compiled parts, which no bundle can hold. */
const NATIVE = ["@duckdb/node-api", "snappy", "lz4-napi", "@temporalio/worker"];
/** Packages of which Node warns where it does not find them among the installed ones: a deprecated way to make buffers. */
const WARNED_OF = ["thrift", "node-int64"];
/** The worker brings its own copies of these, and activities must use the same: what runs an activity is known to its own copy only. */
const TEMPORAL = ["@temporalio/*"];

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  sourcemap: true,
  sourcesContent: false,
  // Source maps name the sources as seen from here.
  outdir: folder,
  write: false,
  logLevel: "warning",
  external: [...NATIVE, ...WARNED_OF],
};

const programs = build({
  ...common,
  entryPoints: { worker: "workers/main.ts", sandbox: "sandbox/main.ts" },
  format: "cjs",
  external: [...common.external, ...TEMPORAL],
});

const workflows = bundleWorkflowCode({
  workflowsPath: join(ROOT, "workflows", "index.ts"),
  logger: { ...console, trace() {}, debug() {}, info() {} },
});

const [command, { outputFiles }, { code }] = await Promise.all([
  buildCommand(common),
  programs,
  workflows,
]);
mkdirSync(folder, { recursive: true });
for (const { path, contents } of outputFiles)
  writeFileSync(join(folder, basename(path)), contents);
for (const { name, contents } of command)
  writeFileSync(join(folder, name), contents);
writeFileSync(join(folder, "workflows.js"), code);
await writeCodeCache(folder);

// Who begins meanwhile runs the old build or the new one, whole. Its time is that of its beginning: what was changed since is not in it.
const pointer = join(DIST, `.current-${process.pid}`);
writeFileSync(pointer, name);
utimesSync(pointer, began / 1000, began / 1000);
renameSync(pointer, join(DIST, "current"));

// A few stay, as commands and workers that run load parts of theirs when they need them.
const builds = readdirSync(DIST).filter((each) => /^\d+-\d+$/.test(each));
for (const old of builds.sort().reverse().slice(BUILDS_KEPT))
  rmSync(join(DIST, old), { recursive: true, force: true });
