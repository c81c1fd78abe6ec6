const { existsSync, readFileSync } = require("node:fs");
const { SourceMap } = require("node:module");
const { dirname, resolve } = require("node:path");

const maps = new Map();

/** The source map beside a built file, undefined where there is none. */
function mapOf(path) {
  if (!maps.has(path))
    maps.set(
      path,
      existsSync(`${path}.map`)
        ? new SourceMap(JSON.parse(readFileSync(`${path}.map`, "utf8")))
        : undefined,
    );
  return maps.get(path);
}

/** A frame's line with the place in the source, where it is known, instead of that in the built file. */
function frameText(frame) {
  const path = frame.getFileName();
  const map = path?.startsWith("/") ? mapOf(path) : undefined;
  const entry = map?.findEntry(
    frame.getLineNumber() - 1,
    frame.getColumnNumber() - 1,
  );
  if (entry?.originalSource === undefined) return `    at ${frame}`;
  const source = resolve(dirname(path), entry.originalSource);
  return `    at ${String(frame).replace(
    `${path}:${frame.getLineNumber()}:${frame.getColumnNumber()}`,
    () => `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`,
  )}`;
}

/**
 * Lets stacks name the places in the sources. The maps are read when a stack is asked for: Node's own way reads all of them at every start.
 */
function mapStacks() {
  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map(frameText)].join("\n");
}

/** Leaves stacks to Node, which maps those of whatever is loaded from here on: programs that run long, and send their stacks elsewhere. */
function leaveStacksToNode() {
  delete Error.prepareStackTrace;
  process.setSourceMapsEnabled(true);
}

module.exports = { leaveStacksToNode, mapStacks };
