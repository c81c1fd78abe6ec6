import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { preProcessFile } from "typescript";

/**
 * What holds between files. Which folder may import which is a lint rule (scripts/lint/arrows.mjs);
 * that no files import one another in a circle can be seen only by reading all of them.
 */
const ROOT = resolve(__dirname, "../..");
const SOURCES = [
  ...["lib", "formats", "domain", "reports", "clients", "importers"],
  ...["activities", "workflows", "workers", "cli", "temporal-config"],
  ...["sandbox", "bench", "scripts", "bin"],
];
/** Generated from Hive's Thrift definitions; nobody reads or edits it. */
const GENERATED = "clients/hive/metastore-thrift";
const MAX_LINES = 300;

/** The code files below a folder of the checkout, as paths from its root. */
function codeFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith(GENERATED))
    .sort();
}

/** The specifiers of a file's imports and re-exports, those of types included. */
const importsIn = (text: string): string[] =>
  preProcessFile(text, true, true).importedFiles.map((i) => i.fileName);

/** Which files each file imports; packages and files that are not code are left out. */
function importGraph(files: string[]): Map<string, string[]> {
  const known = new Set(files);
  const fileOf = (from: string, specifier: string) =>
    ["", ".ts", ".mjs", ".js", "/index.ts"]
      .map((end) => join(dirname(from), specifier) + end)
      .filter((path) => known.has(path));
  return new Map(
    files.map((file) => [
      file,
      importsIn(readFileSync(join(ROOT, file), "utf8"))
        .filter((specifier) => specifier.startsWith("."))
        .flatMap((specifier) => fileOf(file, specifier)),
    ]),
  );
}

/**
 * One shortest circle for every file that lies on one, each circle told once.
 * @returns circles as `a -> b -> a`, beginning with the name that comes first in the alphabet
 */
function importCycles(graph: Map<string, string[]>): string[] {
  const found = new Set<string>();
  for (const start of graph.keys()) {
    // Breadth first from the file's imports until the file itself is reached again.
    const cameFrom = new Map<string, string>();
    const queue = [start];
    while (queue.length > 0 && !cameFrom.has(start)) {
      const file = queue.shift()!;
      for (const next of graph.get(file) ?? [])
        if (!cameFrom.has(next)) {
          cameFrom.set(next, file);
          queue.push(next);
        }
    }
    if (!cameFrom.has(start)) continue;
    const circle = [start];
    for (let at = cameFrom.get(start)!; at !== start; at = cameFrom.get(at)!)
      circle.unshift(at);
    const first = circle.indexOf([...circle].sort()[0]!);
    const turned = [...circle.slice(first), ...circle.slice(0, first)];
    found.add([...turned, turned[0]!].join(" -> "));
  }
  return [...found].sort();
}

/** Whether a file's first comment says why the file is as long as it is. */
const saysWhyItIsLong = (text: string): boolean =>
  /300 lines/.test(
    /\/\*[\s\S]*?\*\/|\/\/.*(?:\n\/\/.*)*/.exec(text)?.[0] ?? "",
  );

test("no files import one another in a circle, types included", () => {
  const files = [...SOURCES, "test"].flatMap(codeFiles);
  expect(importCycles(importGraph(files))).toEqual([]);
});

test("a file is not longer than 300 lines, or its first comment says why", () => {
  const long = SOURCES.flatMap(codeFiles).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const lines = text.trimEnd().split("\n").length;
    return lines > MAX_LINES && !saysWhyItIsLong(text)
      ? [`${file}: ${lines} lines`]
      : [];
  });
  expect(long).toEqual([]);
});

describe("the rules of this test", () => {
  test("imports of every kind are seen", () => {
    expect(
      importsIn(
        [
          'import { a } from "./value";',
          'import type { B } from "./type";',
          'import { type C } from "./inline-type";',
          'import "./effect";',
          'export * from "./star";',
          'export type { D } from "./type-again";',
          'type E = import("./import-type").E;',
          'type F = typeof import("./typeof-import");',
          'void import("./dynamic");',
          'require("./required");',
        ].join("\n"),
      ),
    ).toEqual([
      ...["./value", "./type", "./inline-type", "./effect", "./star"],
      ...["./type-again", "./import-type", "./typeof-import", "./dynamic"],
      "./required",
    ]);
  });

  test("a circle is told once, with every file on it", () => {
    expect(
      importCycles(
        new Map([
          ["main", ["a"]],
          ["b", ["c"]],
          ["c", ["a", "leaf"]],
          ["a", ["b"]],
          ["leaf", []],
          ["self", ["self"]],
        ]),
      ),
    ).toEqual(["a -> b -> c -> a", "self -> self"]);
  });

  test("a long file may say why in its first comment only", () => {
    const reason = "// Over 300 lines: one table, read as a whole.";
    expect(saysWhyItIsLong(`${reason}\nlet a;`)).toBe(true);
    expect(
      saysWhyItIsLong(`import "x";\n/** One table.\n * 300 lines. */\n`),
    ).toBe(true);
    expect(saysWhyItIsLong(`// The table.\nlet a;\n${reason}`)).toBe(false);
  });
});
