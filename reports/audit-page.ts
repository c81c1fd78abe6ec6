import { colourOf, escapeHtml, gridHtml, STYLE } from "./document";
import { SIGN } from "./grid";
import type { AuditReport } from "../domain/audit/audit-report";
import { topicHourKey } from "../lib/keys";

/** The fleet's grid and its findings as a page that needs nothing else. */
export function auditHtml(r: AuditReport): string {
  const findings = r.audits.flatMap((a) => a.findings);
  const broken = r.audits.filter((a) => a.findings.length > 0);
  const used = [...new Set(r.audits.flatMap((a) => Object.values(a.cells)))];
  const why = new Map(
    findings.map((f) => [topicHourKey(f.topic, f.hour), f.why]),
  );
  const list = (items: string[]) =>
    items.length === 0
      ? ""
      : `<ul>${items.map((i) => `<li>${escapeHtml(i)}</li>`).join("")}</ul>`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Audit ${escapeHtml(r.asOf)}</title>
<style>
${STYLE}
</style>
<h1>${findings.length} topic-hours in ${broken.length} of ${r.audits.length} topics are not whole</h1>
<p>${escapeHtml(r.range.since)} to ${escapeHtml(r.range.until)} (UTC), as of ${escapeHtml(r.asOf)}; ${escapeHtml(r.workflowId)}; ${r.seconds.toFixed(1)} s; requests: ${escapeHtml(
    Object.entries(r.requests)
      .map(([s, n]) => `${s} ${n}`)
      .join(", "),
  )}</p>
${list(r.outages.map((o) => `did not answer: ${o.message}`))}
${list(r.audits.flatMap((a) => (a.problem ? [`${a.topic}: ${a.problem}`] : [])))}
<p>${used.map((v) => `<b class="k" style="background:${colourOf(v)}">${escapeHtml(SIGN[v])}</b> ${v}`).join(" &nbsp; ")}</p>
${gridHtml([...broken, ...r.audits.filter((a) => a.findings.length === 0)], (topic, hour) => why.get(topicHourKey(topic, hour)))}
<h2>Findings</h2>
<table class="list"><thead><tr><th>topic</th><th>hour</th><th>verdict</th><th>cause</th><th>missing</th><th>why</th></tr></thead>
<tbody>${findings
    .map(
      (f) =>
        `<tr><td>${escapeHtml(f.topic)}</td><td>${f.hour}</td><td>${f.verdict}</td><td>${f.cause ?? ""}</td><td>${f.missing}</td><td>${escapeHtml(f.why)}</td></tr>`,
    )
    .join("\n")}</tbody></table>
</html>
`;
}
