import { readFileSync } from "node:fs";
import type { Client } from "@temporalio/client";
import type { HourRange } from "../../lib/hour";
import { runningPid, stop } from "../../sandbox/platform/processes";
import { startWorker } from "../../sandbox/platform/worker";
import { payloadsOf } from "../../test/support/histories";
import type { AuditSummary } from "../../domain/audit/audit-report";

export type Measured = {
  seconds: number;
  requests: Record<string, number>;
  peakMb: number;
  events: number;
  historyKb: number;
  largestPayloadKb: number;
  verdicts: Record<string, number>;
};

/** The most memory that a process has had. */
export const peakMb = (pid: number) =>
  Number(
    /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1],
  ) / 1024;

/** One audit as a schedule runs it; by a worker that was just started, all it remembers comes from storage. */
export async function measure(
  client: Client,
  name: string,
  range: HourRange,
  asOf: string,
  fresh: boolean,
): Promise<Measured> {
  if (fresh) await stop("worker");
  await startWorker();
  const from = performance.now();
  const handle = await client.workflow.start("hourlyAudit", {
    workflowId: `bench/${name}/${Date.now()}`,
    taskQueue: "control",
    // Without a range: the look-back window from `asOf`, as in a schedule.
    args: [{ asOf }],
  });
  const summary = (await handle.result()) as AuditSummary;
  const seconds = (performance.now() - from) / 1000;
  if (
    summary.range.since !== range.since ||
    summary.range.until !== range.until
  )
    throw new Error(`audited ${JSON.stringify(summary.range)}`);
  const history = await handle.fetchHistory();
  const sizes = payloadsOf(history.events);
  const described = await handle.describe();
  return {
    seconds,
    requests: summary.requests,
    peakMb: peakMb(runningPid("worker")!),
    events: history.events!.length,
    historyKb: (described.historySize ?? 0) / 1024,
    largestPayloadKb: Math.max(...sizes) / 1024,
    verdicts: summary.verdicts,
  };
}
