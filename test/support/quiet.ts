import { DefaultLogger, Runtime } from "@temporalio/worker";

/** Workers' comings and goings would drown a test's own words. */
export function quietWorkers(): void {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
}
