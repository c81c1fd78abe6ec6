import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(__dirname, "..", "..");

function pagesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return path.endsWith(".md") ? [path] : [];
  return readdirSync(path).flatMap((name) => pagesBelow(join(path, name)));
}

const PAGES = ["README.md", "CONTRIBUTING.md", "docs", "temporal-config"]
  .flatMap((name) => pagesBelow(join(ROOT, name)))
  .map((path) => ({
    name: relative(ROOT, path),
    path,
    lines: readFileSync(path, "utf8").split("\n"),
  }));

/** Lines outside of code blocks, with their numbers. */
const prose = (lines: string[]): [number, string][] => {
  let inCode = false;
  return lines.flatMap((line, i): [number, string][] => {
    if (line.trimStart().startsWith("```")) inCode = !inCode;
    return inCode ? [] : [[i + 1, line]];
  });
};

test("a line of prose has at most 120 characters; only tables are wider", () => {
  const long = PAGES.flatMap(({ name, lines }) =>
    prose(lines)
      .filter(([, line]) => line.length > 120 && !line.startsWith("|"))
      .map(([number]) => `${name}:${number}`),
  );
  expect(long).toEqual([]);
});

test("every relative link of a page leads to a file", () => {
  const broken = PAGES.flatMap(({ name, path, lines }) =>
    [...lines.join("\n").matchAll(/\]\((?!https?:|#)([^)#\s]+)(#[^)]*)?\)/g)]
      .map((m) => m[1]!)
      .filter((to) => !existsSync(join(dirname(path), to)))
      .map((to) => `${name} -> ${to}`),
  );
  expect(broken).toEqual([]);
});

test("every file that the architecture and the contributor's guide name exists", () => {
  const named = PAGES.filter(({ name }) =>
    /architecture|CONTRIBUTING|concepts/.test(name),
  ).flatMap(({ name, lines }) =>
    [
      ...lines
        .join("\n")
        .matchAll(
          /`((?:lib|formats|domain|reports|clients|importers|activities|workflows|workers|cli|jvm|sandbox|scripts|test|temporal-config)\/[\w./-]*)`/g,
        ),
    ].map((m) => [name, m[1]!] as const),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(([, file]) => !existsSync(join(ROOT, file)))).toEqual([]);
});
