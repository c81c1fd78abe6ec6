import type { Alerts } from "./sections/alerts";
import type { Severity } from "./severity";

/** What a receiver wants to hear. */
export type Hearing = { minimumSeverity?: Severity };

/** Every configured receiver by its name, which is its field below `alerts`, in the order in which alerts go out. */
export function receiversIn({
  webhook,
  alertmanager,
  smtp,
  slack = {},
  pagerduty = {},
}: Alerts): Record<string, Hearing> {
  const named = (kind: string, all: Record<string, Hearing>) =>
    Object.entries(all).map(
      ([name, given]) => [`${kind}.${name}`, given] as const,
    );
  const found: (readonly [string, Hearing | string | undefined])[] = [
    ["webhook", webhook],
    ["alertmanager", alertmanager],
    ["smtp", smtp],
    ...named("slack", slack),
    ...named("pagerduty", pagerduty),
  ];
  return Object.fromEntries(
    found.flatMap(([name, given]) =>
      given === undefined
        ? []
        : [[name, typeof given === "string" ? {} : given]],
    ),
  );
}
