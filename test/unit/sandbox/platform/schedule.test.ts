import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Runs } from "../../../../sandbox/platform/schedule";
import { until } from "../../../../sandbox/platform/wait";

const dir = mkdtempSync(join(tmpdir(), "sisyphus-schedules-"));
// Before any module of the sandbox is loaded: its folder is read once.
process.env["SISYPHUS_SANDBOX_DIR"] = dir;

const processes = () => import("../../../../sandbox/platform/processes");
const schedule = () => import("../../../../sandbox/platform/schedule");

/** A run that goes on until it is ended, and what YARN shows besides. */
const runs = (onYarn: string[] = []): Runs => ({
  yarnName: "camus-eventlogging",
  onYarn: async () => onYarn,
  command: () => ["sleep", "60"],
});

async function operator(...args: string[]) {
  const { writeScheduleCommand } =
    await import("../../../../sandbox/platform/wrappers");
  writeScheduleCommand();
  return promisify(execFile)(join(dir, "bin", "schedule"), args);
}

afterEach(async () => {
  const { down } = await import("../../../../sandbox/platform/up");
  await down(() => undefined);
  rmSync(dir, { recursive: true, force: true });
});

test("a run that goes on is not started twice, nor beside one of that name on YARN", async () => {
  const { whenDue } = await schedule();
  const { names, stop } = await processes();
  expect(await whenDue("importer", runs(["camus-eventlogging"]))).toMatch(
    /passed over: camus-eventlogging on YARN goes on$/,
  );
  expect(names()).toEqual([]);
  expect(await whenDue("importer", runs(["refine_x"]))).toContain(" began ");
  expect(await whenDue("importer", runs())).toMatch(
    /passed over: the run before, \d+ goes on$/,
  );
  await stop("scheduled-importer");
  expect(await whenDue("importer", runs())).toContain(" began ");
});

test("where YARN does not answer, it runs nothing, as with Camus' wrapper", async () => {
  const { whenDue } = await schedule();
  const asks = { ...runs(), onYarn: () => Promise.reject(new Error("down")) };
  expect(await whenDue("importer", asks)).toContain(" began ");
});

test("while a schedule is held no run is started, one that goes on is left alone, and the other job's goes on", async () => {
  const { historyOf, scheduleStatus, whenDue } = await schedule();
  const { runningPid, stop } = await processes();
  await whenDue("importer", runs());
  const before = runningPid("scheduled-importer");
  await operator("hold", "importer");
  // Holding what is held already changes nothing.
  await operator("hold", "importer");
  expect(runningPid("scheduled-importer")).toBe(before);
  await stop("scheduled-importer");
  expect(await whenDue("importer", runs())).toMatch(/passed over: held$/);
  expect(await whenDue("refine", runs())).toContain(" began ");
  expect(scheduleStatus().map((s) => s.isHeld)).toEqual([true, false]);
  await operator("release", "importer");
  await operator("release", "importer");
  expect(await whenDue("importer", runs())).toContain(" began ");
  expect(historyOf("importer").map(({ what }) => what)).toEqual([
    "held",
    "held",
    "released",
    "released",
  ]);
});

test("what cannot be held is refused", async () => {
  await expect(operator("hold", "../pids")).rejects.toThrow(
    "usage: schedule hold|release importer|refine",
  );
});

test("`down` ends a schedule and the run that it has started, also where the schedule's process was killed", async () => {
  const { down } = await import("../../../../sandbox/platform/up");
  const { whenDue } = await schedule();
  const { launch, runningPid, signal } = await processes();
  launch("schedule-importer", "sleep", ["60"]);
  launch("schedule-refine", "sleep", ["60"]);
  const killed = runningPid("schedule-importer")!;
  signal(killed, "SIGKILL");
  await whenDue("importer", runs());
  const run = runningPid("scheduled-importer")!;
  await down(() => undefined);
  expect(
    ["schedule-importer", "schedule-refine", "scheduled-importer"].map(
      runningPid,
    ),
  ).toEqual([undefined, undefined, undefined]);
  // A process that has ended is there until its parent, which is this one, has been told.
  await until(`${run} to be gone`, 10, () => {
    try {
      return !process.kill(run, 0);
    } catch {
      return true;
    }
  });
});
