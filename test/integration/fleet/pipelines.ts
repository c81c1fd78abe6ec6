import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { AuditSummary } from "../../../domain/audit/audit-report";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { killWorker, startWorker } from "../../../sandbox/platform/worker";
import { sisyphus } from "../../support/cli";
import { AS_OF, RANGE } from "./topic-hours";

/** The fleet's file with its topics in pipelines of their own, and a worker for all of them beside the one for the fleet as a whole. */
const FILE = `${CONFIG_FILE}.pipelines`;
const WORKER = "worker-pipelines";
/** Nobody else listens there in this fleet. */
const PORT = ports().alertmanager;

/** What the worker serves of the pipelines. */
export const page = (path: string) => fetch(`http://127.0.0.1:${PORT}${path}`);

/** Sections of a pipeline over topics of these schemas. */
export const ofSchemas = (...all: string[]) => ({
  naming: { topicPattern: `eventlogging_(${all.join("|")})` },
});

/** @param pipelines by their names, the sections that are theirs */
export async function withPipelines<T>(
  pipelines: Record<string, object>,
  use: () => Promise<T>,
): Promise<T> {
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as object;
  writeFileSync(
    FILE,
    stringify({
      ...config,
      metrics: { port: PORT },
      pipelines: Object.entries(pipelines).map(([name, own]) => ({
        name,
        ...own,
      })),
    }),
  );
  await startWorker(WORKER, { SISYPHUS_CONFIG: FILE });
  try {
    return await use();
  } finally {
    await killWorker(WORKER);
  }
}

/** What a command says of a pipeline. */
export const ask = (pipeline: string, ...args: string[]) =>
  sisyphus("--pipeline", pipeline, ...args);

/** An audit of a pipeline. @throws Error with what the command says, where it prints no result */
export async function auditOf(
  pipeline: string,
  asOf = AS_OF,
  range = RANGE,
): Promise<AuditSummary> {
  const { stdout, stderr } = await ask(
    pipeline,
    ...["audit", "run", "--json", "--as-of", asOf, "--config", FILE],
    ...range,
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as AuditSummary;
}

export { FILE as PIPELINES_FILE };
