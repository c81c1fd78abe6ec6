import type { Client } from "@temporalio/client";
import { auditProgressText } from "../domain/audit/audit-progress";
import { hasNumbers } from "../lib/json";
import type { AuditProgress } from "../domain/audit/audit-report";
import { isListed } from "./pipeline";

const EVERY_MS = 5000;

/** What a batch's heartbeat says of it. */
const OF_BATCH = ["topics", "ofTopics", "hours", "ofHours"] as const;

/**
 * How far an audit is, in words: what its workflow has counted, and what the batches said last that run now. Of a batch that was begun
 * again that is what its last attempt said, until this one says something.
 */
export async function auditProgressNow(
  client: Client,
  workflowId: string,
): Promise<string> {
  const handle = client.workflow.getHandle(workflowId);
  // First the batches: one that ends meanwhile is told a little late then, and not twice.
  const { raw } = await handle.describe();
  const running = (raw.pendingActivities ?? []).flatMap((activity) => {
    const data = activity.heartbeatDetails?.payloads?.[0]?.data;
    if (activity.activityType?.name !== "auditBatch" || !data?.length)
      return [];
    const told: unknown = JSON.parse(Buffer.from(data).toString());
    return hasNumbers(told, OF_BATCH) ? [told] : [];
  });
  const audited = await handle.query<AuditProgress>("progress");
  return auditProgressText(audited, running, Date.now());
}

/** The ids of the audits that run now. */
export async function runningAudits(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: 'WorkflowType = "hourlyAudit" AND ExecutionStatus = "Running"',
  }))
    if (isListed(workflowId, "audit/")) ids.push(workflowId);
  return ids;
}

/**
 * Waits for an audit, and tells every few seconds how far it is. What cannot be asked is not told: the audit's end is what counts.
 * @param tell takes a line; the same is not told twice
 */
export async function tellingProgress<T>(
  now: () => Promise<string>,
  tell: (line: string) => void,
  end: Promise<T>,
  everyMs = EVERY_MS,
): Promise<T> {
  let last: string | undefined;
  let isOver = false;
  let isAsking = false;
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    void now()
      .then(
        (line) => {
          if (!isOver && line !== last) tell(line);
          last = line;
        },
        () => undefined,
      )
      .finally(() => (isAsking = false));
  }, everyMs);
  try {
    return await end;
  } finally {
    isOver = true;
    clearInterval(timer);
  }
}
