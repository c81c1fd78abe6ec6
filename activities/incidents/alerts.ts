import { log } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { fatal } from "../../clients/errors";
import { latest } from "../../clients/storage-layout";
import type { Storage } from "../../clients/storage";
import type { Outage } from "../../domain/audit/audit-report";
import type { Alert, AlertItem } from "../../domain/incidents/alert";
import { ALERT_KINDS } from "../../domain/incidents/alert-kinds";
import { ALERT_DESK_ID } from "../../domain/incidents/desk";
import { routingOf } from "../../domain/incidents/routing-of";
import type { Routing } from "../../domain/incidents/routing";
import type { Config } from "../../domain/settings/config";
import type { Policy } from "../../domain/settings/policy";
import { ownerOf } from "../../domain/settings/sections/owners";
import { ownScope, ownTaskQueue } from "../own-task-queue";
import type { WebToken } from "../../clients/proofs";
import { configuredReceivers } from "./receivers/receivers";

/** Handing alerts to the desk, and delivering what the desk made of them to people. */
export function createAlertActivities({
  config,
  client,
  storage,
  policyOf,
  webToken,
}: {
  config: Pick<Config, "alerts" | "owners">;
  client: Pick<Client, "workflow">;
  storage: Pick<Storage, "write">;
  policyOf: (topic: string) => Pick<Policy, "severity">;
  webToken: WebToken;
}) {
  const receivers = configuredReceivers(config.alerts, {
    webToken,
    smtpPassword: process.env["SISYPHUS_SMTP_PASSWORD"],
  });

  async function signalDesk(
    signal: string,
    ...signalArgs: unknown[]
  ): Promise<void> {
    await client.workflow.signalWithStart("alertDesk", {
      workflowId: ownScope() + ALERT_DESK_ID,
      taskQueue: ownTaskQueue(),
      args: [],
      signal,
      signalArgs,
      staticSummary: "Puts alerts together by cause and delivers them",
    });
  }

  /** An item with what the configuration says of its topic. */
  function withPolicy(item: AlertItem): AlertItem {
    if (ALERT_KINDS[item.kind].subject !== "topic") return item;
    const { severity } = policyOf(item.subject);
    const owner = ownerOf(item.subject, config.owners);
    return { ...item, severity, ...(owner === undefined ? {} : { owner }) };
  }

  return {
    /** Names of the configured receivers, for desks that an earlier version began. */
    async receiverNames(): Promise<string[]> {
      return [...receivers.keys()];
    },
    /** Who hears of what. */
    async alertRouting(): Promise<Routing> {
      return routingOf(config);
    },
    /**
     * Delivers one alert to one receiver. Every attempt is a line in the worker's log besides.
     * @throws ServiceError where trying again may help
     * @throws ApplicationFailure of type `Undeliverable` or `InvalidInput` where it never arrives
     */
    async deliver(input: { receiver: string; alert: Alert }): Promise<void> {
      const { receiver, alert } = input;
      log.info(`alert: ${alert.title}`, { id: alert.id, receiver });
      const deliver = receivers.get(receiver);
      if (!deliver)
        throw fatal(
          "InvalidInput",
          `alerts.${receiver} is not configured any more`,
        );
      await deliver(alert, ownScope());
    },
    /** Hands items to the alert desk, which is started if it does not run. */
    async raise(input: AlertItem[]): Promise<void> {
      if (input.length > 0) await signalDesk("raise", input.map(withPolicy));
    },
    /** Reports to the desk which services did not answer this time; an empty list ends every outage. */
    async reportOutages(input: Outage[]): Promise<void> {
      await signalDesk("outages", input);
    },
    /** The same where not all services, or topics, were asked: other outages go on. */
    async reportSomeOutages(input: Outage[]): Promise<void> {
      const isPartial = true;
      if (input.length > 0) await signalDesk("outages", input, isPartial);
    },
    /** Keeps, for metrics, how many alerts each receiver has refused for good. */
    async saveDesk(input: {
      undeliverable: Record<string, number>;
    }): Promise<void> {
      await storage.write(latest.alerts, input);
    },
  };
}
