import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { build, transform } from "esbuild";
import { descriptionIn, moduleReading, reachable } from "./temporal-api.mjs";

const requireByClient = createRequire(
  createRequire(import.meta.url).resolve("@temporalio/client"),
);
const DESCRIPTION = requireByClient.resolve(
  "@temporalio/proto/protos/json-module",
);
const protobuf = createRequire(DESCRIPTION)("protobufjs/light");
const API_FILE = "temporal-api.json";

/** What workers run is a program of its own. */
const workersApart = {
  name: "workers-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/workers\/main$/ }, () => ({
      path: "./worker.js",
      external: true,
    })),
};

const temporalApiApart = {
  name: "temporal-api-apart",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]protos[\\/]json-module\.js$/ }, ({ path }) =>
      path === DESCRIPTION ? { contents: moduleReading(API_FILE) } : undefined,
    ),
};

/**
 * One part of the command as a script. Only ES modules can be split by esbuild, and only scripts can be had from V8's cache, so that it is made an
 * ES module first.
 */
async function scriptOf({ path, text }) {
  const name = basename(path);
  const { code, map } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    supported: { "dynamic-import": false },
    sourcemap: "external",
    sourcesContent: false,
    sourcefile: name,
  });
  return [
    { name, contents: `${code}//# sourceMappingURL=${name}.map\n` },
    { name: `${name}.map`, contents: map },
  ];
}

/**
 * Builds the command in parts, each of which is loaded where it is called, as `sisyphus --help` has to be quick.
 *
 * @param options esbuild's, as for every program
 * @returns the files, by name
 */
export async function buildCommand(options) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: { cli: "cli/main.ts" },
    format: "esm",
    splitting: true,
    sourcemap: "inline",
    chunkNames: "cli-[hash]",
    plugins: [workersApart, temporalApiApart],
  });
  const scripts = (await Promise.all(outputFiles.map(scriptOf))).flat();
  const program = scripts
    .filter(({ name }) => name.endsWith(".js"))
    .map(({ contents }) => contents)
    .join("\n");
  const description = descriptionIn(readFileSync(DESCRIPTION, "utf8"));
  return [
    ...scripts,
    {
      name: API_FILE,
      contents: JSON.stringify(reachable(description, program, protobuf)),
    },
  ];
}
