import {
  defineQuery,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import { gridMarkdown } from "../domain/grid";
import { addHours, hourOf, type HourRange } from "../domain/hour";
import { auditInput } from "../domain/inputs";
import type { TopicAudit } from "../activities/audit";
import { archiveHost, control } from "./activities";
import { setAttributes } from "./attributes";
import { parseInput } from "./parse";

export type AuditSummary = {
  asOf: string;
  range: HourRange;
  topics: number;
  verdicts: Record<string, number>;
  causes: Record<string, number>;
  broken: string[];
  incidents: string[];
  problems: string[];
  report: string;
};
export type AuditProgress = { audited: number; topics: number };

export const auditProgress = defineQuery<AuditProgress>("progress");

const IN_FLIGHT = 4;

/** Audits every topic over the look-back window, stores the report, and opens or tells the incident of each broken topic. */
export async function hourlyAudit(raw: unknown): Promise<AuditSummary> {
  const input = parseInput(auditInput, raw);
  const state: AuditProgress = { audited: 0, topics: 0 };
  setHandler(auditProgress, () => state);

  const settings = await control.read.settings();
  const asOf = input.asOf ?? new Date().toISOString();
  const until = input.until ?? hourOf(Date.parse(asOf));
  const range = {
    since: input.since ?? addHours(until, -settings.lookbackHours),
    until,
  };
  const topics = input.topics ?? (await control.read.listTopics());
  state.topics = topics.length;
  setAttributes({ range, phase: "auditing" });

  const archive = archiveHost(settings.archiveQueue);
  const batches: string[][] = [];
  for (let i = 0; i < topics.length; i += settings.batchTopics)
    batches.push(topics.slice(i, i + settings.batchTopics));
  const audits: TopicAudit[] = [];
  const lanes = Array.from({ length: IN_FLIGHT }, async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      audits.push(
        ...(await archive.read.auditBatch.executeWithOptions(
          { summary: `${batch.length} topics from ${batch[0]}` },
          [{ topics: batch, range, asOf }],
        )),
      );
      state.audited += batch.length;
      setCurrentDetails(`${state.audited} of ${state.topics} topics audited`);
    }
  });
  await Promise.all(lanes);
  audits.sort((a, b) => (a.topic < b.topic ? -1 : 1));

  const broken = audits.filter((a) => a.findings.length > 0);
  const { ref } = await control.read.saveReport({
    name: "audit.json",
    content: { asOf, range, audits },
  });
  const incidents = await control.read.reportFindings({
    audited: audits.map((a) => a.topic),
    broken: broken.map(({ topic, findings }) => ({ topic, findings })),
    asOf,
    range,
  });
  const findings = broken.flatMap((a) => a.findings);
  const missing = findings.reduce((sum, f) => sum + f.missing, 0);
  setAttributes({
    topics: broken.map((a) => a.topic),
    verdicts: [...new Set(findings.map((f) => f.verdict))],
    phase: broken.length > 0 ? "broken" : "clean",
    missing,
  });
  setCurrentDetails(
    [
      `**${findings.length} topic-hours in ${broken.length} of ${audits.length} topics are not whole**, as of ${asOf}.`,
      "",
      `Report: \`${ref}\``,
      "",
      gridMarkdown(audits),
    ].join("\n"),
  );
  return {
    asOf,
    range,
    topics: audits.length,
    verdicts: tally(audits.flatMap((a) => Object.values(a.cells))),
    causes: tally(findings.flatMap((f) => f.cause ?? [])),
    broken: broken.map((a) => a.topic),
    incidents,
    problems: audits.flatMap((a) =>
      a.problem ? [`${a.topic}: ${a.problem}`] : [],
    ),
    report: ref,
  };
}

function tally(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
