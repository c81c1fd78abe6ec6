import {
  defineQuery,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import { addHours, hourOf } from "../../lib/hour";
import { auditInput } from "../../domain/settings/inputs";
import type { BatchResult } from "../../activities/audit/audit";
import { archiveHost, control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { parseInput } from "../support/parse";
import type {
  AuditSummary,
  AuditProgress,
} from "../../domain/audit/audit-report";

export const auditProgress = defineQuery<AuditProgress>("progress");

const IN_FLIGHT = 4;
const MAX_NAMED = 500;

/** Audits every topic over the look-back window, stores the report, and opens or tells the incident of each broken topic. */
export async function hourlyAudit(raw: unknown): Promise<AuditSummary> {
  const input = parseInput(auditInput, raw);
  const state: AuditProgress = { audited: 0, topics: 0 };
  setHandler(auditProgress, () => state);

  const startedAt = new Date().toISOString();
  const settings = await control.read.settings();
  const asOf = input.asOf ?? startedAt;
  const until = input.until ?? hourOf(Date.parse(asOf));
  const range = {
    since: input.since ?? addHours(until, -settings.lookbackHours),
    until,
  };
  const topics = input.topics ?? (await control.read.listTopics());
  state.topics = topics.length;
  setAttributes({ range, phase: "auditing" });

  const batches: { topics: string[]; shard: string; remember: boolean }[] = [];
  for (let i = 0; i < topics.length; i += settings.batchTopics)
    batches.push({
      topics: topics.slice(i, i + settings.batchTopics),
      shard: `${String(batches.length).padStart(4, "0")}`,
      // A chosen few topics, or another range, must not push out what the hourly audit remembers.
      remember: !input.topics && !input.since && !input.until,
    });
  const results = await auditAll(
    batches,
    (batch) =>
      archiveHost(settings.archiveQueue).read.auditBatch.executeWithOptions(
        { summary: `${batch.topics.length} topics from ${batch.topics[0]}` },
        [{ ...batch, range, asOf }],
      ),
    (result) => {
      state.audited += result.topics;
      setCurrentDetails(`${state.audited} of ${state.topics} topics audited`);
    },
  );
  const requests: Record<string, number> = {};
  for (const r of results)
    for (const [service, n] of Object.entries(r.requests))
      requests[service] = (requests[service] ?? 0) + n;
  const outages = [
    ...new Map(
      results.flatMap((r) => r.outages).map((o) => [o.service, o]),
    ).values(),
  ];
  // Before anything is stored: the service that is down may be the storage.
  await control.read.reportOutages(outages);

  const refs = results.map((r) => r.ref);
  const whole = await control.read.finishAudit({
    refs,
    asOf,
    range,
    startedAt,
    requests,
    outages,
  });
  const incidents = await control.read.reportFindings({ refs, asOf, range });
  const broken = results.flatMap((r) => r.broken);
  const hours = broken.reduce((sum, b) => sum + b.hours, 0);
  setAttributes({
    topics: broken.map((b) => b.topic),
    verdicts: [...new Set(broken.flatMap((b) => b.verdicts))],
    phase: broken.length > 0 ? "broken" : "clean",
    missing: broken.reduce((sum, b) => sum + b.missing, 0),
  });
  setCurrentDetails(
    [
      `**${hours} topic-hours in ${broken.length} of ${topics.length} topics are not whole**, as of ${asOf}.`,
      "",
      ...outages.map((o) => `Did not answer: ${o.message}`),
      "",
      `[Report](${whole.link}) \`${whole.report}\``,
      "",
      whole.grid,
    ].join("\n"),
  );
  return {
    asOf,
    range,
    topics: topics.length,
    verdicts: whole.verdicts,
    causes: whole.causes,
    broken: broken.map((b) => b.topic).sort(),
    incidents: incidents.slice(0, MAX_NAMED),
    unknowable: results.flatMap((r) => r.unknowable).slice(0, MAX_NAMED),
    outages,
    problems: results.flatMap((r) => r.problems).slice(0, MAX_NAMED),
    requests,
    report: whole.report,
    html: whole.html,
    link: whole.link,
  };
}

/** Runs batches, a few at a time. */
async function auditAll<T>(
  batches: T[],
  audit: (batch: T) => Promise<BatchResult>,
  done: (result: BatchResult) => void,
): Promise<BatchResult[]> {
  const left = [...batches];
  const results: BatchResult[] = [];
  const lanes = Array.from({ length: IN_FLIGHT }, async () => {
    for (let batch = left.shift(); batch; batch = left.shift()) {
      const result = await audit(batch);
      results.push(result);
      done(result);
    }
  });
  await Promise.all(lanes);
  return results;
}
