import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built } from "../../../bin/built";
import { ROOT } from "../../../lib/root";

const CACHE = `${process.version}-${process.platform}-${process.arch}.cache`;
const folderNow = () => join(built("cli.js"), "..");

/** The folder of a build by this Node, which is made here where it is old or by another. */
function builtFolder(): string {
  if (!existsSync(join(folderNow(), `cli.js.${CACHE}`)))
    spawnSync(process.execPath, [join(ROOT, "scripts", "build.mjs")]);
  return folderNow();
}
const folder = builtFolder();

let home: string;
beforeAll(() => (home = mkdtempSync(join(tmpdir(), "command-"))));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs the command with a profile that is not there, so that it fails before it asks anybody. */
const sisyphus = (args: string[], nodeOptions: string[] = []) =>
  spawnSync(
    process.execPath,
    [...nodeOptions, join(ROOT, "bin", "sisyphus.js"), ...args],
    {
      encoding: "utf8",
      env: { TEMPORAL_PROFILE: "missing", XDG_CONFIG_HOME: home },
    },
  );

test.each([
  ...["audit", "incident", "backfill", "inspect", "schedules", "config"],
  "worker",
])("the build has the help of %s", (group) => {
  const { stdout, stderr, status } = sisyphus([group, "--help"]);
  expect(stderr).toBe("");
  expect(stdout).toContain(`Usage: sisyphus ${group}`);
  expect(status).toBe(0);
});

test("a command whose reader leaves ends without a word", () => {
  const log = join(home, "app.log");
  writeFileSync(
    log,
    `Container: container_1_0001_01_000001 on host\nLogType:stderr\nLogContents:\n${"a line\n".repeat(50_000)}`,
  );
  const { stdout, stderr } = spawnSync(
    "bash",
    [
      "-c",
      '"$0" "$1" inspect yarn-log "$2" | head -n 1; echo "${PIPESTATUS[0]}"',
      process.execPath,
      join(ROOT, "bin", "sisyphus.js"),
      log,
    ],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(stdout).toMatch(/a line\n141\n$/);
});

const parts = readdirSync(folder).filter((name) => /^cli.*\.js$/.test(name));

/** The source files that a part was made of. */
const sourcesOf = (part: string): string[] =>
  (
    JSON.parse(readFileSync(join(folder, `${part}.map`), "utf8")) as {
      sources: string[];
    }
  ).sources;

/** A part, and all that is loaded with it. */
function loadedWith(part: string, found = new Set<string>()): Set<string> {
  if (found.has(part)) return found;
  found.add(part);
  const text = readFileSync(join(folder, part), "utf8");
  for (const [, other] of text.matchAll(
    /^(?:var \w+ = )?(?:__toESM\()?require\("\.\/(cli[^"]*)"\)/gm,
  ))
    loadedWith(other!, found);
  return found;
}

const packaged = (name: string) => expect.stringContaining(`/${name}/`);

test("no part of the command has the worker in it", () => {
  const sources = parts.flatMap(sourcesOf);
  expect(sources).toContainEqual(packaged("@temporalio/client"));
  for (const name of ["@temporalio/worker", "@temporalio/core-bridge"])
    expect(sources).not.toContainEqual(packaged(name));
});

test("what shows a backfill or audits is loaded without the client and without the checks of inputs", () => {
  for (const command of ["backfill", "audit"]) {
    const part = parts.find((name) =>
      sourcesOf(name).some((source) =>
        source.endsWith(`/cli/commands/${command}.ts`),
      ),
    );
    const sources = [...loadedWith(part!)].flatMap(sourcesOf);
    for (const name of ["@temporalio/client", "zod"])
      expect(sources).not.toContainEqual(packaged(name));
  }
});

test("help is loaded without either", () => {
  const sources = [...loadedWith("cli.js")].flatMap(sourcesOf);
  expect(sources).toContainEqual(packaged("commander"));
  for (const name of ["@temporalio/client", "@grpc/grpc-js", "zod"])
    expect(sources).not.toContainEqual(packaged(name));
});

/** A file that Node runs before the command. */
function hook(text: string): string[] {
  const path = join(home, "hook.cjs");
  writeFileSync(path, text);
  return ["-r", path];
}

test("V8 takes the code that the build left for all that a command loads which asks Temporal", () => {
  const telling = hook(
    `const vm = require("node:vm");
     const { basename } = require("node:path");
     vm.Script = class extends vm.Script {
       constructor(text, options) {
         super(text, options);
         console.log(basename(options.filename), this.cachedDataRejected);
       }
     };`,
  );
  const { stdout } = sisyphus(["audit", "status"], telling);
  const told = stdout.trim().split("\n");
  expect(told.length).toBeGreaterThan(5);
  for (const line of told) expect(line).toMatch(/^cli.* false$/);
  const client = parts.find((part) =>
    sourcesOf(part).some((source) => source.includes("/@temporalio/client/")),
  );
  expect(told).toContain(`${client} false`);
});

test("a stack from the build names the sources", () => {
  const telling = hook(
    `const { exit } = process;
     process.exit = (code) => { console.log(new Error("here").stack); exit(code); };`,
  );
  const { stdout, stderr } = sisyphus(["audit", "status"], telling);
  expect(stderr).toMatch(/^sisyphus: .*missing/);
  expect(stdout).toContain(`${join(ROOT, "cli", "main.ts")}:`);
});
