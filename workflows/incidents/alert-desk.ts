import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type Alert,
  type AlertItem,
  groupAlerts,
} from "../../domain/incidents/alert";
import { control } from "../support/activities";
import type { Outage } from "../../domain/audit/audit-report";

export type DeskState = {
  items: AlertItem[];
  /** Undelivered alerts, by receiver. */
  outbox: Record<string, Alert[]>;
  /** Services that did not answer when they were last asked. */
  down: Record<string, string>;
  recent: { at: string; title: string }[];
  sent: number;
};

// Signals: whoever raises an alert goes on, whatever becomes of it.
export const raise = defineSignal<[AlertItem[]]>("raise");
export const outages = defineSignal<[Outage[]]>("outages");
export const deskProgress = defineQuery<DeskState>("progress");

/** Topics that break by one cause come in within one audit's last seconds; this long nothing more must come before they are told. */
const QUIET = "5 seconds";
const MAX_WAITS = 12;
const RECENT = 20;

/**
 * One desk for all alerts: puts together what has one kind and cause, and delivers each alert to every receiver until it arrives.
 * A receiver that fails delays only itself.
 */
export async function alertDesk(carried?: DeskState): Promise<void> {
  const state: DeskState = carried ?? {
    items: [],
    outbox: {},
    down: {},
    recent: [],
    sent: 0,
  };
  setHandler(deskProgress, () => state);
  setHandler(raise, (items) => void state.items.push(...items));
  setHandler(outages, (down) => takeOutages(state, down));

  const deliveries = new CancellationScope();
  const running = new Set<string>();
  const deliverAll = (receiver: string) => {
    if (running.has(receiver)) return;
    running.add(receiver);
    deliveries
      .run(async () => {
        const queue = state.outbox[receiver]!;
        while (queue[0]) {
          const alert = queue[0];
          await control.deliver.deliver({ receiver, alert }).catch((error) => {
            if (isCancellation(error)) throw error;
            // Only a receiver that is no longer configured fails for good.
          });
          queue.shift();
        }
      })
      .catch(() => undefined)
      .finally(() => running.delete(receiver));
  };

  for (const receiver of Object.keys(state.outbox)) deliverAll(receiver);
  for (;;) {
    await condition(() => state.items.length > 0);
    for (let i = 0; i < MAX_WAITS; i++) {
      const seen = state.items.length;
      if (!(await condition(() => state.items.length > seen, QUIET))) break;
    }
    const items = state.items.splice(0);
    const receivers = await control.read.receiverNames();
    const at = new Date().toISOString();
    for (const group of groupAlerts(items)) {
      const alert: Alert = { ...group, id: `${++state.sent}-${at}`, at };
      state.recent = [{ at, title: alert.title }, ...state.recent].slice(
        0,
        RECENT,
      );
      for (const receiver of receivers) {
        (state.outbox[receiver] ??= []).push(alert);
        deliverAll(receiver);
      }
    }
    show(state, receivers);
    if (workflowInfo().continueAsNewSuggested) {
      // What is under way is delivered again by the next run: an alert may come twice, with the same id, but is never lost.
      deliveries.cancel();
      await condition(() => running.size === 0);
      await continueAsNew<typeof alertDesk>(state);
    }
  }
}

/** Each outage is told once when it begins and once when it ends. */
function takeOutages(state: DeskState, down: Outage[]): void {
  const now = new Map(down.map((o) => [o.service, o.message]));
  for (const [service, message] of now)
    if (!(service in state.down))
      state.items.push({
        kind: "outage",
        subject: service,
        cause: "outage",
        level: "error",
        text: message,
      });
  for (const service of Object.keys(state.down))
    if (!now.has(service))
      state.items.push({
        kind: "back",
        subject: service,
        cause: "outage",
        level: "warning",
        text: "answers again",
      });
  state.down = Object.fromEntries(now);
}

function show(state: DeskState, receivers: string[]): void {
  setCurrentDetails(
    [
      `${state.sent} alerts; receivers: ${receivers.join(", ") || "none (alerts.* in sisyphus.yaml)"}`,
      "",
      ...state.recent.map((r) => `- ${r.at} ${r.title}`),
    ].join("\n"),
  );
}
