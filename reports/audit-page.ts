import type { AuditReport } from "../domain/audit/audit-report";
import type { Watermark } from "../domain/audit/usable-hours";
import { topicHourKey } from "../lib/keys";
import {
  gridHtml,
  headingHtml,
  legendHtml,
  listHtml,
  pageHtml,
  tableHtml,
  textHtml,
} from "./html";

/** The fleet's grid, its findings and its tables' watermarks as a page that needs nothing else. Broken topics come first. */
export function auditHtml(
  report: AuditReport,
  watermarks: Watermark[] = [],
): string {
  const findings = report.audits.flatMap((audit) => audit.findings);
  const broken = report.audits.filter((audit) => audit.findings.length > 0);
  const others = report.audits.filter((audit) => audit.findings.length === 0);
  const reasons = new Map(
    findings.map((f) => [topicHourKey(f.topic, f.hour), f.why]),
  );
  return pageHtml(
    `Audit ${report.asOf}`,
    `${findings.length} topic-hours in ${broken.length} of ${report.audits.length} topics are not whole`,
    [
      textHtml(circumstances(report)),
      listHtml(report.outages.map((o) => `did not answer: ${o.message}`)),
      listHtml(
        report.audits.flatMap(({ topic, problem }) =>
          problem ? [`${topic}: ${problem}`] : [],
        ),
      ),
      legendHtml(report.audits),
      gridHtml([...broken, ...others], (topic, hour) =>
        reasons.get(topicHourKey(topic, hour)),
      ),
      headingHtml("Findings"),
      tableHtml(
        ["topic", "hour", "verdict", "cause", "missing", "why"],
        findings.map((f) => [
          f.topic,
          f.hour,
          f.verdict,
          f.cause ?? "",
          f.missing,
          f.why,
        ]),
      ),
      ...(watermarks.length > 0 ? watermarkSection(watermarks) : []),
    ],
  );
}

/** Up to which hour each table may be used. */
const watermarkSection = (watermarks: Watermark[]): string[] => [
  headingHtml("Watermarks"),
  tableHtml(
    ["table", "usable up to", "why no further"],
    watermarks.map(({ table, watermark, why }) => [
      table,
      watermark ?? "none",
      why,
    ]),
  ),
];

/** What was audited, as of when, by which workflow, and what it cost. */
function circumstances({
  range,
  asOf,
  workflowId,
  seconds,
  requests,
}: AuditReport): string {
  const asked = Object.entries(requests)
    .map(([service, count]) => `${service} ${count}`)
    .join(", ");
  return `${range.since} to ${range.until} (UTC), as of ${asOf}; ${workflowId}; ${seconds.toFixed(1)} s; requests: ${asked}`;
}
