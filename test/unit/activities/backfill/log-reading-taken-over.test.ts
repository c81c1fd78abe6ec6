import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AggregatedLogFile } from "../../../../activities/backfill/log-reading";
import { total } from "../../../../lib/total";
import {
  attemptApart,
  type AttemptApart,
} from "../../../support/attempt-apart";
import {
  FILES,
  RECORD_EVERY,
  sceneOf,
  writeLogs,
} from "./log-reading-taken-over/scene";

/** Files that are read side by side, as docs/runbook.md says. */
const WIDTH = 4;

let dir: string;
let apart: AttemptApart | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "logs-taken-over-test-"));
});
afterEach(async () => {
  await apart?.kill();
  await rm(dir, { recursive: true });
});

/** What a reading says. In which order files were read to their end says nothing. */
async function saidBy({ attempt, reading }: ReturnType<typeof sceneOf>) {
  const gathered = await attempt();
  const hours = Array.from(
    { length: FILES + 1 },
    (_, hour) => `event.edit 2018-07-05T${String(hour).padStart(2, "0")}`,
  );
  return {
    verdicts: gathered.verdicts(hours),
    errors: gathered.logErrors.sort((a, b) => a.text.localeCompare(b.text)),
    containers: [...gathered.containers].sort(),
    attempts: gathered.attempts,
    unread: reading.unread,
  };
}

test("a reading of logs whose worker is killed reads nothing again that is recorded, loses no more than it may, and says the same", async () => {
  const files = await writeLogs(dir);
  const wanted = await saidBy(sceneOf(dir, "/alone", files));
  expect(wanted).toMatchObject({ attempts: 2, unread: undefined });
  expect(wanted.errors.map(({ times }) => times)).toEqual([4, 4, 4, 4]);
  expect(wanted.containers).toHaveLength(2 * FILES);
  expect(new Set(wanted.verdicts.map(({ outcome }) => outcome))).toEqual(
    new Set(["failed", "finished", "unmentioned"]),
  );

  apart = attemptApart(
    join(__dirname, "log-reading-taken-over", "attempt.ts"),
    ...[dir, "/killed", JSON.stringify(files)],
  );
  const open = await apart.hasSaid("open");
  await apart.kill();
  const begun = JSON.parse(open.slice("open ".length)) as string[];
  const successor = sceneOf(dir, "/killed", files);
  const recorded = (await successor.recorded())!.files;
  const isRecorded = ({ path }: AggregatedLogFile) =>
    recorded.some((file) => file.path === path);
  expect(total(recorded, "length")).toBeGreaterThanOrEqual(RECORD_EVERY);
  const left = files.filter((file) => !isRecorded(file));
  const lost = left.filter(({ path }) => begun.includes(path));
  expect(lost.length).toBeGreaterThan(0);
  const most = RECORD_EVERY + WIDTH * Math.max(...files.map((f) => f.length));
  expect(total(lost, "length")).toBeLessThanOrEqual(most);

  // Whoever read them again would find no log in them.
  for (const { path, length } of recorded)
    await writeFile(join(dir, path), Buffer.alloc(length));
  expect(await saidBy(successor)).toEqual(wanted);
  expect([...successor.read].sort()).toEqual(
    left.map(({ path, length }) => [path, length]),
  );
});
