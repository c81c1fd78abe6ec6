import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isOld } from "../../../bin/built";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "built-"))));
afterEach(() => rmSync(root, { recursive: true }));

/** Writes a file that was changed at some second. */
function file(name: string, second: number) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  utimesSync(path, second, second);
}

test("a checkout is built where nothing is built yet, and again where a source has changed since", () => {
  file("scripts/build.mjs", 10);
  file("domain/audit/verdict.ts", 10);
  expect(isOld(root)).toBe(true);
  file("dist/current", 20);
  expect(isOld(root)).toBe(false);
  file("domain/audit/verdict.ts", 30);
  expect(isOld(root)).toBe(true);
});

test("an installed package is not built again, whatever the times of its files", () => {
  file("dist/current", 20);
  file("domain/audit/verdict.ts", 30);
  expect(isOld(root)).toBe(false);
});
