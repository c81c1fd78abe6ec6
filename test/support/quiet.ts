import { DefaultLogger, Runtime } from "@temporalio/worker";

/** Keeps workers from logging their starts and stops between the lines of a test's own report. */
export function quietWorkers(): void {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
}
