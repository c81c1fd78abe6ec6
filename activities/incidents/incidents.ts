import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import type { Storage } from "../../clients/storage";
import type { TopicAudit } from "../../domain/audit/audit-report";
import type { TopicHeadroom } from "../../domain/audit/headroom";
import { unsettledHours } from "../../domain/audit/unsettled";
import { incidentId } from "../../domain/incidents/incident";
import type { FindingsMessage } from "../../domain/incidents/incident-changes";
import type { Config } from "../../domain/settings/config";
import type { Policy } from "../../domain/settings/policy";
import { ownerOf } from "../../domain/settings/sections/owners";
import { hoursIn, type HourRange } from "../../lib/hour";
import { ownScope, ownTaskQueue } from "../own-task-queue";

/** The workflow id of a topic's incident in the pipeline of this activity. */
const idOf = (topic: string): string => ownScope() + incidentId(topic);

/** Reporting what audits found to the incidents of the topics that it is about. */
export function createIncidentActivities({
  client,
  storage,
  policyOf,
  owners,
}: {
  client: Pick<Client, "workflow">;
  storage: Pick<Storage, "readRef">;
  policyOf: (topic: string) => Policy;
  owners: Config["owners"];
}) {
  /** Ids of the incidents that have not closed themselves yet; those of other pipelines are among them. */
  async function runningIncidents(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const workflow of client.workflow.list({
      query: "WorkflowType = 'topicIncident' AND ExecutionStatus = 'Running'",
    }))
      ids.add(workflow.workflowId);
    return ids;
  }

  /** Signals a topic's incident; where there is none, it begins with this. */
  async function signalOrBegin(
    topic: string,
    signal: string,
    message: unknown,
  ): Promise<void> {
    await client.workflow.signalWithStart("topicIncident", {
      workflowId: idOf(topic),
      taskQueue: ownTaskQueue(),
      args: [{ topic }],
      staticSummary: `What is wrong with ${topic}`,
      signal,
      signalArgs: [message],
    });
  }

  /** Signals a topic's incident where there is one: good news begin none. */
  async function signalIfRunning(
    topic: string,
    signal: string,
    message: unknown,
  ): Promise<void> {
    await client.workflow
      .getHandle(idOf(topic))
      .signal(signal, message)
      .catch((error: unknown) => {
        // It has closed itself since the running ones were listed.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }

  return {
    /**
     * Reports each broken topic to its incident, and each whole topic to its incident where one still runs.
     * Of topics that could not be measured nothing is reported.
     * @param input.refs references of audited batches in storage
     * @returns ids of the incidents of broken topics
     */
    async reportFindings(input: {
      refs: string[];
      asOf: string;
      range: HourRange;
    }): Promise<string[]> {
      const ids: string[] = [];
      const running = await runningIncidents();
      for (const ref of input.refs)
        for (const audit of await storage.readRef<TopicAudit[]>(ref)) {
          const { topic, findings } = audit;
          const { repair } = policyOf(topic);
          const owner = ownerOf(topic, owners);
          const message: FindingsMessage = {
            findings,
            unsettled: unsettledHours(audit, hoursIn(input.range)),
            range: input.range,
            asOf: input.asOf,
            ...(repair.start ? { repair } : {}),
            ...(owner === undefined ? {} : { owner }),
          };
          if (findings.length > 0) {
            await signalOrBegin(topic, "findings", message);
            ids.push(idOf(topic));
          } else if (
            running.has(idOf(topic)) &&
            !audit.unknowable &&
            !audit.problem
          )
            await signalIfRunning(topic, "findings", message);
        }
      return ids;
    },
    /**
     * Reports each topic with little headroom to its incident, and each that has enough to its incident where one still runs.
     * @param input.looked all topics that were asked about
     * @param input.low those of them with little headroom
     */
    async reportHeadroom(input: {
      looked: string[];
      low: TopicHeadroom[];
      asOf: string;
    }): Promise<void> {
      const { asOf } = input;
      for (const headroom of input.low)
        await signalOrBegin(headroom.topic, "headroom", { headroom, asOf });
      const low = new Set(input.low.map((headroom) => headroom.topic));
      const running = await runningIncidents();
      for (const topic of input.looked)
        if (!low.has(topic) && running.has(idOf(topic)))
          await signalIfRunning(topic, "headroom", { asOf });
    },
  };
}
