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

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const BUILDS_KEPT = 5;
const began = Date.now();

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20",
  sourcemap: true,
  sourcesContent: false,
  outdir: DIST,
  write: false,
  logLevel: "warning",
};

/** Packages with compiled parts, which no bundle can hold. */
const NATIVE = ["snappy", "lz4-napi", "@temporalio/worker"];
/** The worker brings its own copies of these, and activities must use the same: what runs an activity is known to its own copy only. */
const TEMPORAL = ["@temporalio/*"];

/** Commands are loaded one by one, as `sisyphus --help` has to be quick; what workers run is a program of its own. */
const cli = build({
  ...common,
  entryPoints: { cli: "cli/main.ts" },
  format: "esm",
  splitting: true,
  outExtension: { ".js": ".mjs" },
  chunkNames: "cli-[hash]",
  external: NATIVE,
  banner: {
    js: `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;`,
  },
  plugins: [
    {
      name: "worker-apart",
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/workers\/main$/ }, () => ({
          path: "./worker.js",
          external: true,
        })),
    },
  ],
});

const programs = build({
  ...common,
  entryPoints: { worker: "workers/main.ts", sandbox: "sandbox/main.ts" },
  format: "cjs",
  external: [...NATIVE, ...TEMPORAL],
});

const workflows = bundleWorkflowCode({
  workflowsPath: join(ROOT, "workflows", "index.ts"),
  logger: { ...console, trace() {}, debug() {}, info() {} },
});

const [a, b, { code }] = await Promise.all([cli, programs, workflows]);
const name = `${began}-${process.pid}`;
mkdirSync(join(DIST, name), { recursive: true });
for (const { path, contents } of [...a.outputFiles, ...b.outputFiles])
  writeFileSync(join(DIST, name, basename(path)), contents);
writeFileSync(join(DIST, name, "workflows.js"), code);

// Who begins meanwhile runs the old build or the new one, whole. Its time is that of its beginning: what was changed since is not in it.
const pointer = join(DIST, `.current-${process.pid}`);
writeFileSync(pointer, name);
utimesSync(pointer, began / 1000, began / 1000);
renameSync(pointer, join(DIST, "current"));

// A few stay, as commands and workers that run load parts of theirs when they need them.
const builds = readdirSync(DIST).filter((each) => /^\d+-\d+$/.test(each));
for (const old of builds.sort().reverse().slice(BUILDS_KEPT))
  rmSync(join(DIST, old), { recursive: true, force: true });
