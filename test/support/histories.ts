import type { Client } from "@temporalio/client";

/** How large histories are; bytes are those of payloads. */
export type Measure = {
  executions: number;
  events: number;
  bytes: number;
  largest: number;
};

/** Lengths of every payload in a history. */
export function payloadsOf(value: unknown): number[] {
  if (value instanceof Uint8Array) return [value.length];
  if (Array.isArray(value)) return value.flatMap(payloadsOf);
  if (value !== null && typeof value === "object")
    return Object.values(value).flatMap(payloadsOf);
  return [];
}

/** Sizes of the histories of a workflow and of everything it started, chains of continue-as-new included: the longest, and all. */
export async function histories(
  client: Client,
  prefix: string,
): Promise<{ parent: Measure; all: Measure; longest: number }> {
  const all: Measure = { executions: 0, events: 0, bytes: 0, largest: 0 };
  const parent: Measure = { ...all };
  let longest = 0;
  for await (const w of client.workflow.list({
    query: `WorkflowId STARTS_WITH "${prefix}"`,
  })) {
    const history = await client.workflow
      .getHandle(w.workflowId, w.runId)
      .fetchHistory();
    const events = history.events ?? [];
    longest = Math.max(longest, events.length);
    for (const m of w.workflowId === prefix ? [all, parent] : [all]) {
      m.executions++;
      m.events += events.length;
      for (const payload of payloadsOf(events)) {
        m.bytes += payload;
        m.largest = Math.max(m.largest, payload);
      }
    }
  }
  return { parent, all, longest };
}
