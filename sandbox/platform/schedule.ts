import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { clientsOf } from "../../clients/cluster";
import { HOUR_MS } from "../../lib/hour";
import { simulatedNow } from "./clock";
import { loadConfig } from "../../workers/config";
import { CONFIG_FILE, environment } from "./config";
import { runCommand, WITHOUT_TICKETS } from "./commands";
import { ROOT } from "./paths";
import { ports } from "./ports";
import { launch, logFile, runningPid, stop } from "./processes";
import { REFINE_NAME, refineCommand } from "./refine";
import { setup } from "./setup";
import { until } from "./wait";
import { BIN, CAMUS_JOB, heldFile } from "./wrappers";

/** What has a schedule of its own here, as its cron job has at other places. */
export const SCHEDULED = ["importer", "refine"] as const;
export type Scheduled = (typeof SCHEDULED)[number];

/** The names under which processes are recorded: who starts the runs, and the run that was started last. */
const schedulerOf = (job: Scheduled) => `schedule-${job}`;
const runOf = (job: Scheduled) => `scheduled-${job}`;

/** A cron'd Refine looks at so many hours before now (`--since 96`, puppet's refine_job.pp). */
const REFINE_HOURS = 96;
/** Between two looks at whether a run has ended, in ms. */
const LOOK_MS = 200;

/** How the runs of a job are started, and who else may do the same. */
export type Runs = {
  /** The name under which YARN shows its runs, by whomever they were started. */
  yarnName: string;
  /** Names of the applications that YARN runs. */
  onYarn: () => Promise<string[]>;
  /** The command of a run that begins now. */
  command: () => [string, ...string[]];
};

/** Whether a job's schedule is held: no new run is started then. */
export const isHeld = (job: Scheduled): boolean => existsSync(heldFile(job));

/** Somebody who runs the job already, in a few words; undefined where nobody does. As with Camus' wrapper, a YARN that does not answer runs nothing. */
async function whoRuns(
  job: Scheduled,
  { yarnName, onYarn }: Runs,
): Promise<string | undefined> {
  const own = runningPid(runOf(job));
  if (own !== undefined) return `the run before, ${own}`;
  const names = await onYarn().catch((): string[] => []);
  return names.includes(yarnName) ? `${yarnName} on YARN` : undefined;
}

/**
 * What cron does when a job is due: it starts a run, unless one goes on or the schedule is held.
 * @returns what was done, as a line of the schedule's log
 */
export async function whenDue(job: Scheduled, runs: Runs): Promise<string> {
  const other = await whoRuns(job, runs);
  // Taken before the last look at the hold: a run that slips in beside a hold is dated before it.
  const at = new Date().toISOString();
  if (isHeld(job)) return `${at} passed over: held`;
  if (other !== undefined) return `${at} passed over: ${other} goes on`;
  const [command, ...args] = runs.command();
  return `${at} began ${launch(runOf(job), command, args, { env: WITHOUT_TICKETS })}`;
}

/** Starts a job again and again, and never ends. What it does is told in lines of the schedule's log. */
export async function keepSchedule(
  job: Scheduled,
  everySeconds: number,
  tell: (line: string) => void,
): Promise<never> {
  const runs = await runsOf(job);
  let goesOn = false;
  for (let due = Date.now(); ; await delay(LOOK_MS)) {
    if (goesOn && runningPid(runOf(job)) === undefined) {
      tell(`${new Date().toISOString()} ended`);
      goesOn = false;
    }
    if (Date.now() < due) continue;
    due += everySeconds * 1000;
    const line = await whenDue(job, runs);
    goesOn ||= line.includes(" began ");
    tell(line);
  }
}

async function runsOf(job: Scheduled): Promise<Runs> {
  const yarn = clientsOf(loadConfig(CONFIG_FILE)).yarn();
  const onYarn = async () => (await yarn.running()).map(({ name }) => name);
  if (job === "importer")
    return {
      yarnName: CAMUS_JOB,
      onYarn,
      command: () => [join(BIN, "camus")],
    };
  const tools = await setup(() => undefined);
  return {
    yarnName: REFINE_NAME,
    onYarn,
    command: () => {
      const now = simulatedNow();
      const since = new Date(now.getTime() - REFINE_HOURS * HOUR_MS);
      return [join(BIN, "spark-submit"), ...refineCommand(tools, since, now)];
    },
  };
}

/**
 * Puts jobs on schedules of their own, each a process that outlives this one. A schedule that is on already is begun anew.
 * @param every seconds between two times at which a job is due
 */
export async function startSchedules(
  every: Partial<Record<Scheduled, number>>,
): Promise<void> {
  for (const job of SCHEDULED) {
    const seconds = every[job];
    if (seconds === undefined) continue;
    await stop(schedulerOf(job));
    launch(
      schedulerOf(job),
      process.execPath,
      [
        join(ROOT, "bin", "sandbox.js"),
        ...["schedule", "keep", job, String(seconds)],
      ],
      { env: environment(ports()) },
    );
  }
}

/** Ends the schedules. A run that goes on is left to end; `down` ends it. */
export async function stopSchedules(): Promise<void> {
  await Promise.all(SCHEDULED.map((job) => stop(schedulerOf(job))));
}

/** Waits until no run that a schedule has started goes on. @throws Error where one does after so many seconds */
export async function awaitScheduledRuns(seconds: number): Promise<void> {
  for (const job of SCHEDULED)
    await until(
      `the ${job} to end`,
      seconds,
      () => runningPid(runOf(job)) === undefined,
    );
}

/** Holds or releases a job's schedule, by the command that the configuration names as well. @throws Error where it fails */
export async function steerSchedule(
  what: "hold" | "release",
  job: Scheduled,
): Promise<void> {
  const code = await runCommand("schedule", [what, job]);
  if (code !== 0) throw new Error(`schedule ${what} ${job} ended with ${code}`);
}

/** Something that happened to a schedule, and when (epoch ms). */
export type Happened = {
  at: number;
  what: "began" | "ended" | "passed over" | "held" | "released";
};

const LINE = /^(\S+) (began|ended|passed over|held|released)\b/;

/** What a schedule's log tells, in its order. */
export function historyOf(job: Scheduled): Happened[] {
  const log = logFile(schedulerOf(job));
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, at, what] = LINE.exec(line) ?? [];
      return at === undefined
        ? []
        : [{ at: Date.parse(at), what: what as Happened["what"] }];
    })
    .sort((a, b) => a.at - b.at);
}

export type ScheduleStatus = {
  job: Scheduled;
  isOn: boolean;
  isHeld: boolean;
  /** The pid of a run that it has started and that goes on. */
  run?: number;
  began: number;
  passedOver: number;
};

/** How the schedules stand at this moment. */
export const scheduleStatus = (): ScheduleStatus[] =>
  SCHEDULED.map((job) => {
    const run = runningPid(runOf(job));
    const count = (wanted: string) =>
      historyOf(job).filter(({ what }) => what === wanted).length;
    return {
      job,
      isOn: runningPid(schedulerOf(job)) !== undefined,
      isHeld: isHeld(job),
      ...(run === undefined ? {} : { run }),
      began: count("began"),
      passedOver: count("passed over"),
    };
  });
