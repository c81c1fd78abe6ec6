import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { preProcessFile } from "typescript";
import { inputOf, type Outcome, tryInput } from "../../fuzz/one-input";
import { PARSERS } from "../../fuzz/table";

/** A hundred thousand of each are `npm run fuzz`. */
const INPUTS = 150;
const ROOT = resolve(__dirname, "../../..");

test.each(PARSERS.map((parser) => [parser.name, parser] as const))(
  "%s reads what was a real file, or refuses it",
  async (_, parser) => {
    const faults: [number, Outcome][] = [];
    for (let number = 0; number < INPUTS; number++) {
      const outcome = await tryInput(parser, number);
      if (typeof outcome !== "string") faults.push([number, outcome]);
    }
    expect(faults).toEqual([]);
  },
);

test("an input is made again from its number", () => {
  for (const parser of PARSERS)
    for (const number of [0, 50, 99_999])
      expect(inputOf(parser, number).equals(inputOf(parser, number))).toBe(
        true,
      );
});

/** The files that a file imports, itself and theirs included. */
function reached(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = preProcessFile(readFileSync(file, "utf8")).importedFiles;
  for (const { fileName } of imports)
    if (fileName.startsWith("."))
      reached(`${resolve(dirname(file), fileName)}.ts`, found);
  return found;
}

test("every format has a row in the table", () => {
  const tested = reached(join(ROOT, "test/fuzz/table.ts"));
  const formats = readdirSync(join(ROOT, "formats"), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(
    formats.filter((file) => !tested.has(file)).map((f) => relative(ROOT, f)),
  ).toEqual([
    // It writes events and reads none.
    "formats/eventlogging/canary-event.ts",
    // It writes events and reads none.
    "formats/events/canary-of-stream.ts",
    // It writes where Gobblin goes on, and reads nothing.
    "formats/gobblin/standing-state.ts",
    // It writes batches, and reads nothing.
    "formats/kafka/record-batch.ts",
  ]);
});
