import { activityInfo, log } from "@temporalio/activity";
import { WorkflowNotFoundError } from "@temporalio/common";
import type { Client } from "@temporalio/client";
import type { Config } from "../domain/config";
import type { Finding } from "../domain/plan";
import { calling } from "./errors";

export type Alert = {
  kind: "incident-opened" | "incident-closed" | "backfill-ended" | "headroom";
  title: string;
  text: string;
  topics: string[];
};

/** Telling people, and telling incidents. */
export function createNotifyActivities({
  config,
  client,
}: {
  config: Config;
  client: Client;
}) {
  return {
    /** Posts an alert as JSON to the configured webhook; without one it is a log line of the worker. */
    async alert(input: Alert): Promise<void> {
      log.info(`alert: ${input.title}`, { topics: input.topics });
      const webhook = config.alerts.webhook;
      if (webhook === undefined) return;
      await calling("webhook", webhook, async () => {
        const response = await fetch(webhook, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            ...input,
            workflowId: activityInfo().workflowExecution!.workflowId,
          }),
          signal: AbortSignal.timeout(10_000),
        });
        if (!response.ok) throw new Error(`${response.status}`);
      });
    },
    /**
     * Opens or tells the incident of each broken topic, and tells open incidents of topics that are whole now.
     * @returns ids of the incidents of broken topics
     */
    async reportFindings(input: {
      audited: string[];
      broken: { topic: string; findings: Finding[] }[];
      asOf: string;
      range: { since: string; until: string };
    }): Promise<string[]> {
      const taskQueue = activityInfo().taskQueue;
      const ids: string[] = [];
      for (const { topic, findings } of input.broken) {
        const id = `incident/${topic}`;
        await client.workflow.signalWithStart("topicIncident", {
          workflowId: id,
          taskQueue,
          args: [{ topic, range: input.range }],
          signal: "findings",
          signalArgs: [{ findings, asOf: input.asOf }],
          staticSummary: `What is wrong with ${topic}`,
        });
        ids.push(id);
      }
      const whole = input.audited.filter(
        (t) => !input.broken.some((b) => b.topic === t),
      );
      const open = new Set<string>();
      for await (const w of client.workflow.list({
        query: "WorkflowType = 'topicIncident' AND ExecutionStatus = 'Running'",
      }))
        open.add(w.workflowId);
      for (const topic of whole) {
        const id = `incident/${topic}`;
        if (!open.has(id)) continue;
        await client.workflow
          .getHandle(id)
          .signal("findings", { findings: [], asOf: input.asOf })
          .catch((error: unknown) => {
            // It closed itself meanwhile.
            if (!(error instanceof WorkflowNotFoundError)) throw error;
          });
      }
      return ids;
    },
  };
}
