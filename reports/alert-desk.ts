import type { DeskState } from "../domain/incidents/desk";

/** The alert desk's page in the Web UI, as Markdown. @param receivers names of the configured receivers */
export function deskMarkdown(state: DeskState, receivers: string[]): string {
  const undeliverable = state.undeliverable ?? [];
  return [
    `${state.sent} alerts; receivers: ${receivers.join(", ") || "none (alerts.* in sisyphus.yaml)"}`,
    "",
    ...(undeliverable.length > 0
      ? [
          `**Undeliverable** (${countsText(state.undeliverableTotal ?? {})}):`,
          "",
          ...undeliverable.map(
            (alert) =>
              `- ${alert.at} to ${alert.receiver}: ${alert.title} (${alert.why})`,
          ),
          "",
          "**Newest alerts**:",
          "",
        ]
      : []),
    ...state.recent.map((alert) => `- ${alert.at} ${alert.title}`),
  ].join("\n");
}

const countsText = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([receiver, count]) => `${receiver}: ${count}`)
    .join(", ");
