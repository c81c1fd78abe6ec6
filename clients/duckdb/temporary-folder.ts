import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import { quoted } from "./quoted";

/** How the temporary folders of engines are named; the number of the process follows. */
const FOLDER = "sisyphus-duckdb-";
/** Processes of other containers may share the temporary folder, and their numbers say nothing here; none of them is idle for so long. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/**
 * A new folder for an engine, which only this user can read: there will be events in it. What engines of processes that were killed left
 * behind is removed on the way.
 */
export async function makeFolder(): Promise<string> {
  await removeLeftBehind();
  return mkdtemp(join(tmpdir(), `${FOLDER}${process.pid}-`));
}

/** Queries read files of the temporary folder and no others; no later query can undo this. */
export async function onlyFolder(
  instance: DuckDBInstance,
  folder: string,
): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run(
      `set global allowed_directories = [${quoted(`${folder}/`)}]`,
    );
    await connection.run("set global enable_external_access = false");
  } finally {
    connection.closeSync();
  }
}

/** Removes what processes left behind that were killed: there are events in it. What cannot be removed is somebody else's. */
async function removeLeftBehind(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(FOLDER)
      ? Number.parseInt(name.slice(FOLDER.length))
      : Number.NaN;
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    const folder = join(tmpdir(), name);
    const touched = await stat(folder).catch(() => undefined);
    if (touched && Date.now() - touched.mtimeMs > LEFT_BEHIND_MS)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
