import type { Outage } from "../audit/audit-report";
import type { Severity } from "../settings/severity";
import { type Alert, type AlertItem, groupAlerts } from "./alert";

/** An alert that a receiver refused for good, or that has no receiver any more. */
export type UndeliverableAlert = {
  /** ISO-8601, UTC. */
  at: string;
  receiver: string;
  title: string;
  why: string;
};

/** By receiver, how urgent the most urgent was that it was told of one thing. */
export type Told = Record<string, Severity>;

/** The desk's workflow id: there is one desk for all. */
export const ALERT_DESK_ID = "alerts";

/** All that the alert desk knows. It is carried from one of its runs to the next: fields keep their names. */
export type DeskState = {
  /** What was raised and is not yet in an alert. */
  items: AlertItem[];
  /** Alerts that are not yet delivered, oldest first, by receiver. */
  outbox: Record<string, Alert[]>;
  /** Services that did not answer when they were last asked, with the message of their failure. */
  down: Record<string, string>;
  /** The newest alerts, newest first. */
  recent: { at: string; title: string }[];
  /** How many alerts were made so far. */
  sent: number;
  /** The newest undeliverable alerts, newest first. Absent in states of 0.2.0 and before. */
  undeliverable?: UndeliverableAlert[];
  /** How many there were in all, by receiver. Absent in states of 0.2.0 and before. */
  undeliverableTotal?: Record<string, number>;
  /** Who was told of what has not ended yet (routing.ts). What began before 0.3.0 is not in it. */
  told?: Record<string, Told>;
};

/** So many of the newest alerts are kept in the desk's state. */
const RECENT = 20;

export const newDesk = (): DeskState => ({
  items: [],
  outbox: {},
  down: {},
  recent: [],
  sent: 0,
});

/** Turns items into alerts, one for each kind and cause, and notes them in the state. @param at ISO-8601, UTC */
export function makeAlerts(
  state: DeskState,
  items: AlertItem[],
  at: string,
): Alert[] {
  return groupAlerts(items).map((group) => {
    const alert: Alert = { ...group, id: `${++state.sent}-${at}`, at };
    state.recent = [{ at, title: alert.title }, ...state.recent].slice(
      0,
      RECENT,
    );
    return alert;
  });
}

/**
 * Takes in which services do not answer now. Each outage is alerted once when it begins and once when it ends.
 * @param isPartial whether others may be down as well: not all have been asked
 */
export function takeOutages(
  state: DeskState,
  outages: Outage[],
  isPartial = false,
): void {
  const told = outages.map((o) => [o.service, o.message] as const);
  const down = new Map([
    ...(isPartial ? Object.entries(state.down) : []),
    ...told,
  ]);
  for (const [service, message] of down)
    if (!(service in state.down))
      state.items.push({
        kind: "outage",
        subject: service,
        cause: "outage",
        level: "error",
        text: message,
      });
  for (const service of Object.keys(state.down))
    if (!down.has(service))
      state.items.push({
        kind: "back",
        subject: service,
        cause: "outage",
        level: "warning",
        text: "answers again",
      });
  state.down = Object.fromEntries(down);
}

/** Notes that an alert will never reach a receiver. */
export function noteUndeliverable(
  state: DeskState,
  alert: UndeliverableAlert,
): void {
  state.undeliverable = [alert, ...(state.undeliverable ?? [])].slice(
    0,
    RECENT,
  );
  const total = (state.undeliverableTotal ??= {});
  total[alert.receiver] = (total[alert.receiver] ?? 0) + 1;
}
