import { mkdirSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { writeConfig } from "./config";
import { ensureClock } from "./clock";
import { writeSecuredConf } from "../secured/hadoop-conf";
import { writeHadoopConf } from "./hadoop-conf";
import { isSecured, settleKind } from "./kind";
import { SANDBOX_DIR } from "./paths";
import { isFree, type Ports, ports } from "./ports";
import { logFile, names, runningPid, signal, stop, strays } from "./processes";
import { stopSchedules } from "./schedule";
import { services } from "./services";
import type { Service } from "./services/service";
import { setup } from "./setup";
import { Fatal, until } from "./wait";
import { writeWrappers } from "./wrappers";

/** Takes a line for whoever watches. */
export type Report = (line: string) => void;

/** How long a service may take until it answers. */
const START_SECONDS = 120;

/** @throws Error naming the first port that another process listens on */
async function checkPorts(services: Service[]): Promise<void> {
  const p = ports();
  for (const service of services) {
    for (const name of [service.port, ...(service.also ?? [])]) {
      if (!(await isFree(p[name]))) {
        throw new Error(
          `port ${p[name]} (${name} of the ${service.title}) is taken by another process; ` +
            `free it or choose another range with SISYPHUS_PORT_BASE`,
        );
      }
    }
  }
}

/**
 * Starts what does not run yet and waits until everything answers. Running it twice changes nothing. Where it has not been made a secured
 * one, a sandbox is an open one.
 * @param wanted the names of services; by default all of this sandbox's kind
 * @throws Error naming the service and its log where one ends or does not answer in two minutes
 */
export async function up(
  report: Report,
  wanted?: readonly string[],
): Promise<void> {
  const tools = await setup(report);
  const p = ports();
  mkdirSync(SANDBOX_DIR, { recursive: true });
  if (!isSecured()) settleKind("open");
  ensureClock();
  // In their own order: each waits for those before it.
  const chosen = wanted?.map(serviceOf);
  const all = services().filter((each) => chosen?.includes(each) ?? true);
  for (const each of all)
    if (each.endsOthers && runningPid(each.name) === undefined)
      await endThoseAfter(each);
  const missing = all.filter((s) => runningPid(s.name) === undefined);
  if (missing.some(isNodeManager)) killStrays();
  await checkPorts(missing);
  if (isSecured()) writeSecuredConf(p, tools);
  else writeHadoopConf(p, `${tools.camus}/lib`);
  writeWrappers(p, tools);
  writeConfig(p, tools);
  const started = Date.now();
  const ready = new Map<string, Promise<void>>();
  for (const service of all)
    ready.set(
      service.name,
      Promise.all((service.after ?? []).map((name) => ready.get(name))).then(
        async () => {
          const isMissing = missing.includes(service);
          if (isMissing) service.start(p, tools);
          await answering(service, p);
          await service.whenReady?.(p, tools);
          if (!isMissing) return;
          const seconds = ((Date.now() - started) / 1000).toFixed(0);
          report(
            `  ${service.title.padEnd(22)} 127.0.0.1:${p[service.port]}  ${seconds} s`,
          );
        },
      ),
    );
  await Promise.all(ready.values());
}

/** @throws Error naming the service and its log, where it ends or does not answer in time */
const answering = (service: Service, p: Ports): Promise<unknown> =>
  until(
    `${service.title} at 127.0.0.1:${p[service.port]} (log: ${logFile(service.name)})`,
    START_SECONDS,
    () => {
      if (runningPid(service.name) === undefined) {
        throw new Fatal(
          `${service.title} ended while it was starting; see ${logFile(service.name)}`,
        );
      }
      return service.ready(p);
    },
  );

/** @throws Error where this sandbox' kind has no such service */
function serviceOf(name: string): Service {
  const found = services().find((service) => service.name === name);
  if (found) return found;
  const names = services().map((service) => service.name);
  throw new Error(`this sandbox has no ${name}; it has ${names.join(", ")}`);
}

/** Stops whatever is started after a service, directly or not. */
async function endThoseAfter({ name }: Service): Promise<void> {
  const after = services().filter((each) => each.after?.includes(name));
  for (const each of after) {
    await endThoseAfter(each);
    await stop(each.name);
  }
}

/** Those who start containers. */
const isNodeManager = ({ name }: Service) => name.endsWith("nodemanager");

/** Kills a service as a crash does and starts it again after `downMs`; returns when it answers. */
export async function crash(name: string, downMs: number): Promise<void> {
  const service = serviceOf(name);
  const pid = runningPid(name);
  if (pid !== undefined) signal(pid, "SIGKILL");
  const p = ports();
  await until(`${name} to die`, 10, () => runningPid(name) === undefined);
  await delay(downMs);
  service.start(p, await setup(() => undefined));
  await until(
    `${service.title} to answer again (log: ${logFile(name)})`,
    START_SECONDS,
    () => service.ready(p),
  );
}

function killStrays(): void {
  for (const pid of strays()) signal(pid, "SIGKILL");
}

/** Stops everything that `up`, a demo or a test started in this sandbox, YARN containers included. */
export async function down(report: Report): Promise<void> {
  // First those who would start more.
  await stopSchedules();
  const order = services()
    .reverse()
    .map((s) => s.name);
  const extras = names().filter((name) => !order.includes(name));
  await Promise.all(extras.map((name) => stop(name)));
  // The NodeManager first, as it ends its containers; the others may end side by side.
  for (const each of services().filter(isNodeManager)) await stop(each.name);
  await Promise.all(order.map((name) => stop(name)));
  killStrays();
  report("the sandbox is down");
}

/** Stops everything and forgets all data; what set-up installed stays. */
export async function reset(report: Report): Promise<void> {
  await down(report);
  rmSync(SANDBOX_DIR, { recursive: true, force: true });
  report("the sandbox's data is removed");
}

export type ServiceStatus = {
  service: string;
  address: string;
  pid?: number;
  state: "up" | "down" | "not answering";
  link?: string;
};

/** What runs and what answers at this moment; nothing is started. */
export async function status(): Promise<ServiceStatus[]> {
  const p = ports();
  return Promise.all(
    services().map(async (service) => {
      const pid = runningPid(service.name);
      const answers = await service.ready(p).catch(() => false);
      const link = service.link?.(p);
      return {
        service: service.title,
        address: `127.0.0.1:${p[service.port]}`,
        ...(pid === undefined ? {} : { pid }),
        state: pid === undefined ? "down" : answers ? "up" : "not answering",
        ...(link === undefined ? {} : { link }),
      };
    }),
  );
}
