import { randomBytes } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readMissing } from "../../../../../activities/backfill/search/read-missing";
import type {
  CollectedUnit,
  Missing,
} from "../../../../../domain/backfill/missing";
import {
  attemptApart,
  type AttemptApart,
} from "../../../../support/attempt-apart";
import { FILES, sceneOf, writeArchive } from "./taken-over/scene";
import { CAPSULES } from "../../../../../formats/eventlogging/capsules";

/** Files that an attempt which takes over reads again at most, as docs/runbook.md says: those that are read side by side. */
const READ_AGAIN = 2;
const RECORDED = 2;

let dir: string;
let apart: AttemptApart | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "search-taken-over-test-"));
});
afterEach(async () => {
  await apart?.kill();
  await rm(dir, { recursive: true });
});

/** Every file below a folder, by its path from there. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      content[relative(folder, path)] = await readFile(path, "utf8");
    }
  return content;
}

/** The files of the archive whose units are recorded. */
const recordedIn = async (folder: string): Promise<string[]> =>
  Object.entries(await contentOf(folder))
    .filter(([path]) => path.endsWith(".done.json"))
    .flatMap(([, text]) => (JSON.parse(text) as CollectedUnit).files!);

/** Writes other bytes over a file, which looks as it did before. */
async function spoil(path: string): Promise<void> {
  const { size, atime, mtime, mtimeMs } = await stat(path);
  await writeFile(path, randomBytes(size));
  await utimes(path, atime, mtime);
  const now = await stat(path);
  expect([now.size, now.mtimeMs]).toEqual([size, mtimeMs]);
}

async function textsOf(
  { storage }: Awaited<ReturnType<typeof sceneOf>>,
  { topics }: Missing,
): Promise<string[]> {
  const texts: string[] = [];
  for (const topic of topics)
    for await (const events of readMissing(storage, topic, CAPSULES))
      for (const { text } of events) texts.push(text);
  return texts;
}

test("a search whose worker is killed reads again the files that were begun, two at most, and finds the same", async () => {
  const [archive, alone, killed] = ["archive", "alone", "killed"].map((name) =>
    join(dir, name),
  ) as [string, string, string];
  await mkdir(archive);
  await writeArchive(archive);
  // A file's time is kept to the millisecond where it is set.
  for (const name of await readdir(archive))
    await utimes(join(archive, name), new Date(), new Date());
  const undisturbed = await sceneOf(archive, alone, () => undefined);
  const wanted = await undisturbed.attempt();
  const events = await textsOf(undisturbed, wanted);
  expect(events.length).toBeGreaterThan(500);
  expect(wanted).toMatchObject({ unreadable: FILES, joinedBy: "worker" });

  apart = attemptApart(
    join(__dirname, "taken-over", "attempt.ts"),
    ...[archive, killed, String(RECORDED), String(READ_AGAIN)],
  );
  const open = await apart.hasSaid("open");
  await apart.kill();
  const begun = JSON.parse(open.slice("open ".length)) as string[];
  const recorded = await recordedIn(killed);
  expect(recorded).toHaveLength(RECORDED);
  const lost = begun.filter((path) => !recorded.includes(path));
  expect(lost).toHaveLength(READ_AGAIN);
  expect(begun.length).toBeLessThan(FILES);

  for (const path of recorded) await spoil(path);
  const read = new Set<string>();
  const successor = await sceneOf(archive, killed, (path) => read.add(path));
  const found = await successor.attempt();
  expect([...read].sort()).toEqual(
    wanted.files.filter((path) => !recorded.includes(path)).sort(),
  );
  expect(found).toEqual(wanted);
  expect(await textsOf(successor, found)).toEqual(events);
  expect(await contentOf(killed)).toEqual(await contentOf(alone));
});
