import {
  causesOf,
  type IncidentState,
  levelOf,
  notWhole,
} from "../domain/incidents/incident";
import { gridMarkdown } from "./grid";

/** Only the newest lines of its story are shown; `incident show` prints more. */
const MAX_LINES = 10;

/** An incident's page in the Web UI, as Markdown. */
export function incidentMarkdown(incident: IncidentState): string {
  const { topic, phase, findings, headroom, cells, story } = incident;
  const { owner, acknowledged, snoozedUntil, backfill } = incident;
  return [
    `**${topic}**: ${phase}, ${notWhole(incident)} (${levelOf(incident)}).`,
    ...(owner === undefined ? [] : ["", `Owner: ${owner}`]),
    "",
    ...(headroom ? [`Headroom: ${headroom.why}`, ""] : []),
    gridMarkdown([{ topic, cells }]),
    "",
    ...causesOf(incident).flatMap((cause) => {
      const example = findings.find((finding) => finding.cause === cause);
      return example ? [`- \`${cause}\`: ${example.why}`] : [];
    }),
    "",
    ...(acknowledged ? [`Acknowledged by ${acknowledged.by}.`] : []),
    ...(snoozedUntil ? [`Snoozed until ${snoozedUntil}.`] : []),
    backfill
      ? `Repair: \`${backfill}\``
      : "Send the update `accept` to start a backfill of these hours.",
    "",
    ...story.slice(-MAX_LINES).map((line) => `- ${line}`),
  ].join("\n");
}
