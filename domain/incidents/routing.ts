import type { Hearing } from "../settings/receivers-in";
import { isAtLeast, moreUrgent } from "../settings/severity";
import { grouped } from "../../lib/grouped";
import { type Alert, type AlertItem, urgencyOf } from "./alert";
import { ALERT_KINDS, endedAlertNames } from "./alert-kinds";
import { type DeskState, makeAlerts } from "./desk";

/** Who hears of what, as the configuration says at one moment. An activity makes it: workflows have no configuration. */
export type Routing = {
  /** By name, in the order in which alerts go out. */
  receivers: Record<string, Hearing>;
  /** The receivers that hear of an owner's topics, by the owner's name. */
  owners: Record<string, string[]>;
  /** Those that hear of everything else. */
  others: string[];
};

/** An alert, and the receivers that get it. */
export type RoutedAlert = { alert: Alert; to: string[] };

/** What is told of under one name. Neither topics nor services have blanks. */
const thingOf = (alertName: string, subject: string) =>
  `${alertName} ${subject}`;

/** Puts items together to alerts for those who are to hear of them, and notes who was told. @param at ISO-8601, UTC */
export function routeAlerts(
  state: DeskState,
  items: AlertItem[],
  routing: Routing,
  at: string,
): RoutedAlert[] {
  const routed = items.map((item) => {
    const to = hearersOf(state, item, routing);
    noteTold(state, item, to);
    return { item, to };
  });
  return [...grouped(routed, ({ to }) => to.join(" ")).values()].flatMap(
    (same) =>
      makeAlerts(
        state,
        same.map(({ item }) => item),
        at,
      ).map((alert) => ({ alert, to: same[0]!.to })),
  );
}

/**
 * Who is to hear of an item. What ends goes to whoever was told that it began, whatever the configuration says meanwhile; to nobody where
 * nobody was. A receiver that is configured no more is left out.
 */
function hearersOf(
  { told = {} }: DeskState,
  item: AlertItem,
  { receivers, owners, others }: Routing,
): string[] {
  const all = Object.keys(receivers);
  // An owner that is configured no more leaves topics that nobody owns.
  const own =
    item.owner !== undefined && Object.hasOwn(owners, item.owner)
      ? owners[item.owner]!
      : others;
  const theirs = all.filter((receiver) => own.includes(receiver));
  if (ALERT_KINDS[item.kind].role === "ends") {
    const before = endedAlertNames(item.kind)
      .map((name) => told[thingOf(name, item.subject)])
      .filter((of) => of !== undefined);
    // It began before it was noted who was told.
    if (before.length === 0) return theirs;
    return all.filter((receiver) => before.some((of) => receiver in of));
  }
  return theirs.filter((receiver) =>
    isAtLeast(urgencyOf(item), receivers[receiver]!.minimumSeverity ?? "info"),
  );
}

function noteTold(state: DeskState, item: AlertItem, to: string[]): void {
  const row = ALERT_KINDS[item.kind];
  const told = (state.told ??= {});
  if (row.role === "ends")
    for (const name of endedAlertNames(item.kind))
      delete told[thingOf(name, item.subject)];
  // What only time ends has no end that anybody would have to hear of.
  else if (row.endedBy.length > 0) {
    // Also where it is nobody, who then hears of no end either.
    const of = (told[thingOf(row.alertName, item.subject)] ??= {});
    for (const receiver of to)
      of[receiver] = moreUrgent(of[receiver] ?? "info", urgencyOf(item));
  }
}
