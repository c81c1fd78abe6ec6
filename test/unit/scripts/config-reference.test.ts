import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../../domain/settings/config";
import { ENVIRONMENT } from "../../../domain/settings/environment";
import { withReference } from "../../../scripts/config-reference";

const ROOT = join(__dirname, "..", "..", "..");
const PAGE = readFileSync(join(ROOT, "docs", "configuration.md"), "utf8");

test("the reference in docs/configuration.md is what the schema says", () => {
  if (withReference(PAGE) !== PAGE)
    throw new Error(
      "the reference in docs/configuration.md is stale: run `npm run docs:config` and commit the page",
    );
});

test("the reference names nested fields, lists, defaults and what is allowed", () => {
  const rows = PAGE.split("\n").map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, 4)
      .map((cell) => cell.trim()),
  );
  expect(rows).toEqual(
    expect.arrayContaining([
      ["`kafka.brokers`", "list, at least 1: host:port", "required"],
      ["`alerts.smtp.port`", "whole number from 1 to 65535", "`25`"],
      ["`policies[].lost.warnPercent`", "number from 0 to 100", "`0`"],
      ["`importer.kind`", "`camus`, `confluent-hdfs`, `gobblin`", "`camus`"],
      ["`canary.topics`", "regex", "`^$`"],
      ["`webUi`", "http(s) address", "none"],
    ]),
  );
});

test("a page without the reference's marks is refused, not overwritten", () => {
  expect(() => withReference("# Configuration\n")).toThrow(
    /the page needs the lines/,
  );
});

test("the page's example is a configuration that can be read", () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(PAGE)![1]!;
  expect(parseConfig(parse(example)).importer.kind).toBe("camus");
});

test("every environment variable that the program reads is in the reference", () => {
  const read = ["activities", "cli", "clients", "importers", "lib", "workers"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), {
        recursive: true,
        withFileTypes: true,
      }),
    )
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .flatMap((text) => [
      ...text.matchAll(
        /process\.env(?:\.|\[")([A-Z\d_]+)|\b(SISYPHUS_[A-Z_]+)/g,
      ),
    ])
    .map(([, name, mentioned]) => name ?? mentioned!);
  expect(new Set(read).size).toBeGreaterThan(5);
  const known = ENVIRONMENT.map(({ name }) => name);
  expect(read.filter((name) => !known.includes(name))).toEqual([]);
});
