import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";
import { until } from "./wait";

/** Holds `<pid> <start time>` of a process that was started here. */
const pidFile = (name: string) => join(SANDBOX_DIR, "pids", name);
/** Where a process's output goes. */
export const logFile = (name: string) =>
  join(SANDBOX_DIR, "logs", `${name}.log`);

/**
 * A process's start time in clock ticks since boot (field 22 of proc(5)'s `stat`); undefined where it has ended.
 * With it, a pid that the system has given to another process since is not mistaken for ours.
 */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The pid of the named process if it is the one we started and still runs. */
export function runningPid(name: string): number | undefined {
  if (!existsSync(pidFile(name))) return undefined;
  const [pid, started] = readFileSync(pidFile(name), "utf8").trim().split(" ");
  return started === startTime(Number(pid)) ? Number(pid) : undefined;
}

/** Starts a process that outlives this one. Its output goes to `logs/<name>.log`, its pid is recorded. @returns its pid */
export function launch(
  name: string,
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): number {
  mkdirSync(join(SANDBOX_DIR, "pids"), { recursive: true });
  mkdirSync(join(SANDBOX_DIR, "logs"), { recursive: true });
  const out = openSync(logFile(name), "a");
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", out, out],
    cwd: options.cwd ?? SANDBOX_DIR,
    env: { ...process.env, ...options.env },
  });
  child.unref();
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  writeFileSync(pidFile(name), `${child.pid} ${startTime(child.pid) ?? ""}\n`);
  return child.pid;
}

/** The names of all processes that were started here, also of those that have ended by themselves. */
export function names(): string[] {
  const dir = join(SANDBOX_DIR, "pids");
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}

/** Sends a signal; a process that has ended already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Ends the named process by SIGTERM, and by SIGKILL where it has not ended after the grace. */
export async function stop(name: string, graceSeconds = 15): Promise<void> {
  const pid = runningPid(name);
  if (pid !== undefined) {
    signal(pid, "SIGTERM");
    const gone = () => runningPid(name) === undefined;
    await until(`${name} to end`, graceSeconds, gone).catch(async () => {
      signal(pid, "SIGKILL");
      await until(`${name} (pid ${pid}) to die`, 10, gone);
    });
  }
  rmSync(pidFile(name), { force: true });
}

/**
 * Processes whose command line names the sandbox's YARN folder although they have no pid file: containers of a NodeManager
 * that was killed. @returns their pids
 */
export function strays(): number[] {
  const ours = new Set(names().map(runningPid));
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && !ours.has(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(
          join(SANDBOX_DIR, "yarn"),
        );
      } catch {
        return false;
      }
    });
}
