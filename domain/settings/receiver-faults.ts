import { receiversIn } from "./receivers-in";
import type { Alerts } from "./sections/alerts";
import type { Owner } from "./sections/owners";

/** A field that names receivers, and what is wrong with it. */
type Fault = { path: (string | number)[]; message: string };

/** Names of receivers that are none, as their alerts would reach nobody, and owners whose name says two things. */
export function receiverFaults({
  alerts,
  owners,
}: {
  alerts: Alerts;
  owners: readonly Owner[];
}): Fault[] {
  const names = Object.keys(receiversIn(alerts));
  const unknown = (given: readonly string[], path: Fault["path"]): Fault[] =>
    given.flatMap((name, i) =>
      names.includes(name)
        ? []
        : [
            {
              path: [...path, i],
              message: `given ${JSON.stringify(name)}, configured are ${names.join(", ") || "no receivers"}`,
            },
          ],
    );
  const faults = unknown(alerts.defaultReceivers ?? [], [
    "alerts",
    "defaultReceivers",
  ]);
  owners.forEach(({ name, receivers }, i) => {
    faults.push(...unknown(receivers, ["owners", i, "receivers"]));
    if (owners.findIndex((other) => other.name === name) < i)
      faults.push({
        path: ["owners", i, "name"],
        message: `given ${JSON.stringify(name)} twice: all topics of an owner are one pattern`,
      });
  });
  return faults;
}
