import { activityInfo, log } from "@temporalio/activity";
import { WorkflowNotFoundError } from "@temporalio/common";
import type { Client } from "@temporalio/client";
import type { Alert, AlertItem } from "../../domain/incidents/alert";
import type { Config } from "../../domain/settings/config";
import type { TopicHeadroom } from "../../domain/audit/headroom";
import type { Policy } from "../../domain/settings/policy";
import { receivers, unknownReceiver } from "./receivers/receivers";
import type { Storage } from "../../clients/storage";
import type { Outage, TopicAudit } from "../../domain/audit/audit-report";

export const DESK = "alerts";
export const incidentId = (topic: string) => `incident/${topic}`;

/** Telling people, and telling incidents. */
export function createNotifyActivities({
  config,
  client,
  storage,
  policyOf,
}: {
  config: Config;
  client: Client;
  storage: Storage;
  policyOf: (topic: string) => Policy;
}) {
  const known = receivers(config, process.env["SISYPHUS_SMTP_PASSWORD"]);

  async function openIncidents(): Promise<Set<string>> {
    const open = new Set<string>();
    for await (const w of client.workflow.list({
      query: "WorkflowType = 'topicIncident' AND ExecutionStatus = 'Running'",
    }))
      open.add(w.workflowId);
    return open;
  }

  async function tellOpen(id: string, signal: string, argument: unknown) {
    await client.workflow
      .getHandle(id)
      .signal(signal, argument)
      .catch((error: unknown) => {
        // It closed itself meanwhile.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }

  const opening = (topic: string, range: { since: string; until: string }) => ({
    workflowId: incidentId(topic),
    taskQueue: activityInfo().taskQueue,
    args: [{ topic, range }] as unknown[],
    staticSummary: `What is wrong with ${topic}`,
  });

  async function toDesk(signal: string, argument: unknown): Promise<void> {
    await client.workflow.signalWithStart("alertDesk", {
      workflowId: DESK,
      taskQueue: activityInfo().taskQueue,
      args: [],
      signal,
      signalArgs: [argument],
      staticSummary: "Puts alerts together by cause and delivers them",
    });
  }

  return {
    /** Names of the configured receivers. */
    async receiverNames(): Promise<string[]> {
      return Object.keys(known);
    },
    /** Delivers one alert to one receiver; tried again until it arrives. Every alert is a log line of the worker besides. */
    async deliver(input: { receiver: string; alert: Alert }): Promise<void> {
      const { receiver, alert } = input;
      log.info(`alert: ${alert.title}`, { id: alert.id, receiver });
      await (known[receiver] ?? unknownReceiver(receiver))(alert);
    },
    /** Hands items to the alert desk. */
    async raise(input: AlertItem[]): Promise<void> {
      if (input.length > 0) await toDesk("raise", input);
    },
    /** Tells the desk which services did not answer this time; an empty list ends an outage. */
    async reportOutages(input: Outage[]): Promise<void> {
      await toDesk("outages", input);
    },
    /**
     * Opens or tells the incident of each broken topic, and tells open incidents of topics that are whole now. Of topics that could not be
     * measured nothing is told.
     * @returns ids of the incidents of broken topics
     */
    async reportFindings(input: {
      refs: string[];
      asOf: string;
      range: { since: string; until: string };
    }): Promise<string[]> {
      const ids: string[] = [];
      const open = await openIncidents();
      for (const ref of input.refs) {
        for (const a of await storage.readRef<TopicAudit[]>(ref)) {
          const id = incidentId(a.topic);
          const { repair } = policyOf(a.topic);
          const told = {
            findings: a.findings,
            asOf: input.asOf,
            ...(repair.start ? { repair } : {}),
          };
          if (a.findings.length > 0) {
            await client.workflow.signalWithStart("topicIncident", {
              ...opening(a.topic, input.range),
              signal: "findings",
              signalArgs: [told],
            });
            ids.push(id);
          } else if (open.has(id) && !a.unknowable && !a.problem) {
            await tellOpen(id, "findings", told);
          }
        }
      }
      return ids;
    },
    /** Opens or tells the incidents of topics with little headroom, and tells those that have enough again. */
    async reportHeadroom(input: {
      looked: string[];
      low: TopicHeadroom[];
      asOf: string;
      range: { since: string; until: string };
    }): Promise<void> {
      for (const headroom of input.low)
        await client.workflow.signalWithStart("topicIncident", {
          ...opening(headroom.topic, input.range),
          signal: "headroom",
          signalArgs: [{ headroom, asOf: input.asOf }],
        });
      const low = new Set(input.low.map((h) => h.topic));
      const open = await openIncidents();
      for (const topic of input.looked)
        if (!low.has(topic) && open.has(incidentId(topic)))
          await tellOpen(incidentId(topic), "headroom", { asOf: input.asOf });
    },
  };
}
