import { type Grid, gridHours, SIGN } from "./grid";
import type { HourRange } from "./hour";
import type { Finding } from "./plan";
import type { Verdict } from "./verdict";

/** A service that did not answer. */
export type Outage = { service: string; address: string; message: string };

export type TopicAudit = {
  topic: string;
  /** Every hour that is not empty, and empty ones of a silence. */
  cells: Grid[number]["cells"];
  findings: Finding[];
  lostOffsets: number;
  /** Offsets in Kafka that the importer has not read. */
  unread: number;
  /** Events known of in the range, and those of them that HDFS lacks. */
  events: number;
  missing: number;
  /** Why stages of it are unknowable; nothing is then said of its health. */
  unknowable?: string;
  problem?: string;
};

/** One audit of the fleet, as it is stored. */
export type AuditReport = {
  workflowId: string;
  asOf: string;
  range: HourRange;
  seconds: number;
  /** Requests made, by service. */
  requests: Record<string, number>;
  outages: Outage[];
  audits: TopicAudit[];
};

export function tally(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const escape = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const HUE: Partial<Record<Verdict, string>> = {
  complete: "#2e7d32",
  empty: "#9e9e9e",
  pending: "#0288d1",
  unknowable: "#616161",
  late: "#f9a825",
  "refine-outdated": "#8e24aa",
};
const colour = (v: Verdict) => HUE[v] ?? "#c62828";

/** The fleet's grid and its findings as a page that needs nothing else. */
export function auditHtml(r: AuditReport): string {
  const hours = gridHours(r.audits);
  const findings = r.audits.flatMap((a) => a.findings);
  const broken = r.audits.filter((a) => a.findings.length > 0);
  const used = [...new Set(r.audits.flatMap((a) => Object.values(a.cells)))];
  const row = (a: TopicAudit) => {
    const why = new Map(a.findings.map((f) => [f.hour, f.why]));
    const cells = hours.map((h) => {
      const v = a.cells[h] ?? "empty";
      return `<td style="background:${colour(v)}" title="${escape(`${a.topic} ${h}: ${v}${why.has(h) ? `: ${why.get(h)}` : ""}`)}">${escape(SIGN[v])}</td>`;
    });
    return `<tr><th scope="row">${escape(a.topic)}</th>${cells.join("")}</tr>`;
  };
  const list = (items: string[]) =>
    items.length === 0
      ? ""
      : `<ul>${items.map((i) => `<li>${escape(i)}</li>`).join("")}</ul>`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Audit ${escape(r.asOf)}</title>
<style>
body{font:14px/1.4 system-ui,sans-serif;margin:2em}
table{border-collapse:collapse}
.grid td{width:1.4em;text-align:center;color:#fff;font:12px monospace;border:1px solid #fff}
.grid th{font-weight:normal;text-align:left;padding-right:1em;white-space:nowrap}
.grid thead th{font:11px monospace;writing-mode:vertical-rl;padding:2px}
.list td,.list th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}
b.k{display:inline-block;min-width:1.4em;text-align:center;color:#fff;font:12px monospace}
</style>
<h1>${findings.length} topic-hours in ${broken.length} of ${r.audits.length} topics are not whole</h1>
<p>${escape(r.range.since)} to ${escape(r.range.until)} (UTC), as of ${escape(r.asOf)}; ${escape(r.workflowId)}; ${r.seconds.toFixed(1)} s; requests: ${escape(
    Object.entries(r.requests)
      .map(([s, n]) => `${s} ${n}`)
      .join(", "),
  )}</p>
${list(r.outages.map((o) => `did not answer: ${o.message}`))}
${list(r.audits.flatMap((a) => (a.problem ? [`${a.topic}: ${a.problem}`] : [])))}
<p>${used.map((v) => `<b class="k" style="background:${colour(v)}">${escape(SIGN[v])}</b> ${v}`).join(" &nbsp; ")}</p>
<table class="grid"><thead><tr><th></th>${hours.map((h) => `<th scope="col">${h.slice(5)}</th>`).join("")}</tr></thead>
<tbody>${[...broken, ...r.audits.filter((a) => a.findings.length === 0)].map(row).join("\n")}</tbody></table>
<h2>Findings</h2>
<table class="list"><thead><tr><th>topic</th><th>hour</th><th>verdict</th><th>cause</th><th>missing</th><th>why</th></tr></thead>
<tbody>${findings
    .map(
      (f) =>
        `<tr><td>${escape(f.topic)}</td><td>${f.hour}</td><td>${f.verdict}</td><td>${f.cause ?? ""}</td><td>${f.missing}</td><td>${escape(f.why)}</td></tr>`,
    )
    .join("\n")}</tbody></table>
</html>
`;
}
