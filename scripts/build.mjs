// Builds what bins and workers run, from the checkout's TypeScript into dist/: `npm run build`. The bins call it where it is missing or old.
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");

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

/** Packages with compiled parts, and those of which a process may have one copy only, as the worker brings its own. */
const NATIVE = ["snappy", "lz4-napi", "@temporalio/worker"];
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

/** Replaces a file at once: a process that begins meanwhile reads the old one or the new one. */
function write(name, contents) {
  const made = join(DIST, `.${name}.${process.pid}`);
  writeFileSync(made, contents);
  renameSync(made, join(DIST, name));
}

const [a, b, { code }] = await Promise.all([cli, programs, workflows]);
const files = [...a.outputFiles, ...b.outputFiles];
const names = new Set(["workflows.js", "built"]);
mkdirSync(DIST, { recursive: true });
for (const { path, contents } of files) {
  names.add(basename(path));
  write(basename(path), contents);
}
write("workflows.js", code);
write("built", "");
for (const name of readdirSync(DIST))
  if (!names.has(name))
    rmSync(join(DIST, name), { recursive: true, force: true });
