import { setTimeout as delay } from "node:timers/promises";
import { runningPid, signal } from "../../../sandbox/platform/processes";
import { crash } from "../../../sandbox/platform/up";
import {
  killWorker,
  startWorker,
  type WorkerName,
} from "../../../sandbox/platform/worker";
import { permit, quota } from "./hdfs-admin";
import type { Mood, Proxy } from "./proxy";
import { CHAOS_CONFIG } from "./scenario";

/** A worker that is frozen for longer than the heartbeat timeout of any step that changes something has its attempts given up. */
const FREEZE_MS = 17_000;
/** The worker that takes over while the first is frozen. It goes on beside the thawed one until {@link oneWorker} ends it. */
const SECOND: WorkerName = "worker-second";

export const KINDS = [
  "kill worker",
  "freeze worker",
  "kill Kafka",
  "kill NameNode",
  "kill ResourceManager",
  "kill metastore",
  "kill Temporal",
  "HDFS answers 503",
  "HDFS hangs",
  "metastore refuses",
  "metastore hangs",
  "rights revoked",
  "quota full",
] as const;
export type Kind = (typeof KINDS)[number];

export type Proxies = { webhdfs: Proxy; metastore: Proxy };

const startChaosWorker = (name: WorkerName = "worker") =>
  startWorker(name, { SISYPHUS_CONFIG: CHAOS_CONFIG });

/** Ends the second worker, where a run before has left it, and has the first one running. */
export async function oneWorker(): Promise<void> {
  if (runningPid(SECOND) !== undefined) await killWorker(SECOND);
  await startChaosWorker();
}

/** Directories in which the saga writes, and those that it only reads. */
const WRITTEN = ["/wmf/data/sisyphus", "/wmf/camus"];
const READ = ["/wmf/data/event", "/wmf/data/raw", "/var/log/hadoop-yarn/apps"];

/**
 * Makes a fault, and returns when it is over: what was killed runs again, what was frozen has been thawed. What it has
 * broken may take longer to mend itself.
 * @throws Error where a process of the sandbox cannot be killed or does not come back
 */
export async function inflict(
  kind: Kind,
  random: () => number,
  { webhdfs, metastore }: Proxies,
  /** How long at least a frozen worker is left frozen. */
  freezeMs = FREEZE_MS,
): Promise<void> {
  const ms = 2000 + random() * 12_000;
  const pick = (paths: string[]) => paths[Math.floor(random() * paths.length)]!;
  const moody = async (proxy: Proxy, mood: Mood) => {
    proxy.change(mood);
    await delay(ms);
    proxy.change("well");
  };
  const service = (name: string) => crash(name, random() * 3000);
  switch (kind) {
    case "kill worker":
      await killWorker();
      await startChaosWorker();
      return;
    case "freeze worker": {
      const pid = runningPid("worker");
      if (pid === undefined) return;
      signal(pid, "SIGSTOP");
      try {
        const began = Date.now();
        await startChaosWorker(SECOND);
        await delay(Math.max(0, freezeMs + ms - (Date.now() - began)));
      } finally {
        signal(pid, "SIGCONT");
      }
      return;
    }
    case "kill Kafka":
      return service("kafka");
    case "kill NameNode":
      return service("namenode");
    case "kill ResourceManager":
      return service("resourcemanager");
    case "kill metastore":
      return service("metastore");
    case "kill Temporal":
      return service("temporal");
    case "HDFS answers 503":
      return moody(webhdfs, "fails");
    case "HDFS hangs":
      return moody(webhdfs, "hangs");
    case "metastore refuses":
      return moody(metastore, "refuses");
    case "metastore hangs":
      return moody(metastore, "hangs");
    case "rights revoked": {
      const path = pick([...WRITTEN, ...READ]);
      await permit(path, "---");
      await delay(ms);
      return permit(path, "rwx");
    }
    case "quota full": {
      const path = pick(WRITTEN);
      await quota(path, 1);
      await delay(ms);
      return quota(path, -1);
    }
  }
}
