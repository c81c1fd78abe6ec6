import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { Outage } from "../../domain/audit/audit-report";
import type { AlertItem } from "../../domain/incidents/alert";
import {
  type DeskState,
  makeAlerts,
  newDesk,
  takeOutages,
} from "../../domain/incidents/desk";
import { type RoutedAlert, routeAlerts } from "../../domain/incidents/routing";
import { instant } from "../../lib/time";
import { deskMarkdown } from "../../reports/alert-desk";
import { control } from "../support/activities";
import { changedBy } from "../support/patches";
import { Deliveries } from "./deliveries";

// Signals: whoever raises an alert goes on, whatever becomes of it.
export const raise = defineSignal<[AlertItem[]]>("raise");
export const outages = defineSignal<[Outage[], isPartial?: boolean]>("outages");
export const deskProgress = defineQuery<DeskState>("progress");

/** One cause breaks many topics within the last seconds of an audit. The desk waits until nothing more came for this long… */
const QUIET = "5 seconds";
/** …but not for ever: something may always come. */
const MAX_WAITS = 12;

/**
 * One desk for all alerts. It puts together what has one kind and cause, and delivers each alert to whoever is to hear of it
 * until it arrives or the receiver refuses it for good. A receiver that fails delays only itself.
 */
export async function alertDesk(carried?: DeskState): Promise<void> {
  const state = carried ?? newDesk();
  let receivers = Object.keys(state.outbox);
  const show = () => setCurrentDetails(deskMarkdown(state, receivers));
  const deliveries = new Deliveries(state, show);

  setHandler(deskProgress, () => state);
  setHandler(raise, (items) => void state.items.push(...items));
  setHandler(outages, (down, isPartial) => takeOutages(state, down, isPartial));

  async function routedNow(items: AlertItem[]): Promise<RoutedAlert[]> {
    const routing = await control.read.alertRouting();
    receivers = Object.keys(routing.receivers);
    return routeAlerts(state, items, routing, instant(Date.now()));
  }

  async function routedToAll(items: AlertItem[]): Promise<RoutedAlert[]> {
    receivers = await control.read.receiverNames();
    const to = receivers;
    const alerts = makeAlerts(state, items, instant(Date.now()));
    return alerts.map((alert) => ({ alert, to }));
  }

  for (const receiver of receivers) deliveries.start(receiver);
  for (;;) {
    await condition(() => state.items.length > 0);
    await untilQuiet(state);
    // Items that come in while receivers are asked for wait for the next round.
    const items = state.items.splice(0);
    const routed = changedBy("alert-routing")
      ? await routedNow(items)
      : await routedToAll(items);
    for (const { alert, to } of routed)
      for (const receiver of to) {
        (state.outbox[receiver] ??= []).push(alert);
        deliveries.start(receiver);
      }
    show();
    if (workflowInfo().continueAsNewSuggested) {
      // The next run delivers again what is under way: an alert may come twice, with the same id, but is never lost.
      await deliveries.stop();
      await continueAsNew<typeof alertDesk>(state);
    }
  }
}

async function untilQuiet(state: DeskState): Promise<void> {
  for (let i = 0; i < MAX_WAITS; i++) {
    const seen = state.items.length;
    if (!(await condition(() => state.items.length > seen, QUIET))) return;
  }
}
