const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { basename, dirname, join } = require("node:path");
const { Script } = require("node:vm");
const { gunzipSync, gzipSync } = require("node:zlib");
const { leaveStacksToNode } = require("./stacks.js");

/** The parts of the command that are loaded, by their path. */
const parts = new Map();

/**
 * Where V8's compiled code of a part lies. Another version of Node, or another machine, has none, and compiles the part itself. V8 looks at
 * the length of a text only: that the code is this text's follows from a build's folder never being written again.
 */
const cachePath = (path) =>
  `${path}.${process.version}-${process.platform}-${process.arch}.cache`;

/** Compiled code that is there and whole. V8 does not notice damage in it and dies of it; gzip, which compresses nothing here, has a checksum. */
function cacheOf(path) {
  try {
    const packed = readFileSync(cachePath(path));
    return gunzipSync(packed, { chunkSize: packed.length });
  } catch {
    return undefined;
  }
}

/**
 * Loads a part of the command, and the parts that it requires, as `require` would. Where the build left compiled code, V8 takes that instead of
 * compiling the text again, which is the larger half of a command's start. V8 refuses what it did not write itself with the same flags.
 *
 * @returns what the part exports
 */
function load(path) {
  const known = parts.get(path);
  if (known) return known.module.exports;
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) { "use strict";${readFileSync(path, "utf8")}\n})`,
    { filename: path, cachedData: cacheOf(path) },
  );
  const module = { exports: {} };
  parts.set(path, { script, module });
  const requireAnything = createRequire(path);
  const requirePart = (id) => {
    if (/^\.\/cli\b/.test(id)) return load(join(dirname(path), basename(id)));
    // What workers run is a program of its own, and its stacks go into histories.
    if (id.startsWith("./")) leaveStacksToNode();
    return requireAnything(id);
  };
  script
    .runInThisContext()
    .call(module, module.exports, requirePart, module, path, dirname(path));
  return module.exports;
}

/** The loaded parts' compiled code, as far as it has run, and where it belongs: what the build leaves for later starts. */
const compiled = () =>
  [...parts].map(([path, { script }]) => ({
    path: cachePath(path),
    code: gzipSync(script.createCachedData(), { level: 0 }),
  }));

module.exports = { compiled, load };
