import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { ROOT } from "../../../lib/root";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "load-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a built file. Its source map says that it was made of a file beside it, three lines further down. */
function built(name: string, text: string, { mapped = true } = {}) {
  const sourcefile = name.replace(".js", ".ts");
  const { code, map } = transformSync(`\n\n\n${text}`, {
    sourcefile,
    format: "cjs",
    sourcemap: "external",
  });
  const link = mapped ? `//# sourceMappingURL=${name}.map\n` : "";
  writeFileSync(join(folder, name), code + link);
  if (mapped) writeFileSync(join(folder, `${name}.map`), map);
}

/** Tells, before a script runs, whether V8 has refused the code that was there for it; `undefined` where none was. */
const TELLING = `
  const vm = require("node:vm");
  vm.Script = class extends vm.Script {
    constructor(...args) {
      super(...args);
      console.log("refused", this.cachedDataRejected);
    }
  };`;

/** Runs Node with what a bin has at hand. @returns what it printed */
function run(script: string, before = "") {
  const bin = (name: string) => JSON.stringify(join(ROOT, "bin", name));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      "-e",
      `${before}
       const { load, compiled } = require(${bin("load.js")});
       const { mapStacks } = require(${bin("stacks.js")});
       const { writeFileSync } = require("node:fs");
       const at = (name) => ${JSON.stringify(folder)} + "/" + name;
       ${script}`,
    ],
    { encoding: "utf8", env: {} },
  );
  return stdout + stderr;
}
const writeCaches = `for (const { path, code } of compiled()) writeFileSync(path, code);`;

test("parts load one another once, and packages as ever", () => {
  built("cli-a.js", `console.log("a"); exports.name = require("os").EOL;`);
  built("cli-b.js", `exports.b = require("./cli-a.js");`);
  built(
    "cli.js",
    `exports.same = require("./cli-a.js") === require("./cli-b.js").b;`,
  );
  expect(run(`console.log(load(at("cli.js")).same)`)).toBe("a\ntrue\n");
});

test("a part runs strictly, as the module that it was", () => {
  built("cli.js", `exports.self = (function () { return this; })();`);
  expect(run(`console.log(load(at("cli.js")).self)`)).toBe("undefined\n");
});

test("compiled code is taken where it fits, and does the same", () => {
  built("cli.js", `exports.sum = (a, b) => a + b;`);
  const use = `console.log(load(at("cli.js")).sum(1, 2));`;
  expect(run(`${use} ${writeCaches}`, TELLING)).toBe("refused undefined\n3\n");
  expect(run(use, TELLING)).toBe("refused false\n3\n");
});

test("another version of Node, or another processor, takes no compiled code", () => {
  built("cli.js", `exports.sum = (a, b) => a + b;`);
  const use = `console.log(load(at("cli.js")).sum(1, 2));`;
  run(`${use} ${writeCaches}`);
  for (const other of [
    `Object.defineProperty(process, "version", { value: "v1.0.0" });`,
    `Object.defineProperty(process, "arch", { value: "riscv64" });`,
  ])
    expect(run(use, TELLING + other)).toBe("refused undefined\n3\n");
});

test.each([
  ["damaged", (code: Buffer) => code.fill(7, 400, 500)],
  ["cut off", (code: Buffer) => code.subarray(0, code.length / 2)],
  ["empty", () => Buffer.alloc(0)],
])("compiled code that is %s is left alone", (_, damage) => {
  built("cli.js", `exports.sum = (a, b) => a + b;`);
  const use = `console.log(load(at("cli.js")).sum(1, 2));`;
  run(`${use} ${writeCaches}`);
  const path = join(
    folder,
    `cli.js.${process.version}-${process.platform}-${process.arch}.cache`,
  );
  writeFileSync(path, damage(readFileSync(path)));
  expect(run(use, TELLING)).toBe("refused undefined\n3\n");
});

test("compiled code of a text of another length is refused", () => {
  built("cli.js", `exports.sum = (a, b) => a + b;`);
  run(`load(at("cli.js")).sum(1, 2); ${writeCaches}`);
  built("cli.js", `exports.sum = (a, b) => a + b + 100;`);
  expect(run(`console.log(load(at("cli.js")).sum(1, 2))`, TELLING)).toBe(
    "refused true\n103\n",
  );
});

const FAILS = `exports.fail = function fail() { throw new Error("broken"); };`;

test("an uncaught error's stack names the place in the source", () => {
  built("cli.js", FAILS);
  const said = run(`mapStacks(); load(at("cli.js")).fail();`);
  expect(said).toContain(`Error: broken\n    at `);
  expect(said).toContain(`${join(folder, "cli.ts")}:4:`);
  // Frames of files without a map stay as they are.
  expect(said).toMatch(/at \[eval\]:\d+/);
});

test("without a map beside it, a stack names the built file", () => {
  built("cli.js", FAILS, { mapped: false });
  const said = run(`mapStacks(); load(at("cli.js")).fail();`);
  expect(said).toContain(`${join(folder, "cli.js")}:`);
});

test("what workers run is loaded by Node, which maps its stacks", () => {
  built("worker.js", FAILS);
  built("cli.js", `require("./worker.js").fail();`);
  const said = run(`mapStacks(); load(at("cli.js"));`);
  expect(said).toContain(`${join(folder, "worker.ts")}:4:`);
  expect(run(`load(at("cli.js"))`)).toContain("worker.ts:4:");
});
