import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Registers the hooks that make a folder for a test file's own files, and remove it. */
export function withFiles() {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "sisyphus-files-"))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const pathOf = (name: string) => join(folder, name);
  return {
    /** Where a file of that name lies, or would. */
    pathOf,
    /** Writes a file, and tells where. */
    fileOf: (name: string, text: string): string => {
      writeFileSync(pathOf(name), text);
      return pathOf(name);
    },
  };
}
