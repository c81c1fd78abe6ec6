import type { z } from "zod";
import {
  defineQuery,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import { addHours, hourOf, hoursIn } from "../../lib/hour";
import { auditProgressText } from "../../domain/audit/audit-progress";
import { auditInput } from "../../domain/settings/inputs";
import type { BatchResult } from "../../activities/audit/audit";
import { archiveHost, control, readsOfAudit } from "../support/activities";
import { outageOf } from "../support/outages";
import { changedBy } from "../support/patches";
import { setAttributes } from "../support/attributes";
import { parseInput } from "../support/parse";
import type {
  AuditSummary,
  AuditProgress,
  Outage,
} from "../../domain/audit/audit-report";

export const auditProgress = defineQuery<AuditProgress>("progress");

/** Batches that are audited at the same time. */
const BATCHES_AT_ONCE = 4;
/** Topics and problems that the result names; all of them are in the report. */
const MAX_NAMED = 500;

/** Audits every topic over the look-back window, stores the report, and opens or informs the incident of each broken topic. */
export async function hourlyAudit(raw: unknown): Promise<AuditSummary> {
  const input = parseInput(auditInput, raw);
  const outages: Outage[] = [];
  try {
    return await audit(input, outages);
  } catch (error) {
    const outage = outageOf(error);
    // It has nowhere to keep what it found, say; people hear of the service all the same.
    if (outage !== undefined && changedBy("outage-of-audit"))
      await control.read.reportSomeOutages(onePerService([...outages, outage]));
    throw error;
  }
}

/** @param outages brought up to date with the services that have not answered */
async function audit(
  input: z.output<typeof auditInput>,
  outages: Outage[],
): Promise<AuditSummary> {
  const state: AuditProgress = { audited: 0, topics: 0 };
  setHandler(auditProgress, () => state);

  const startedAt = new Date().toISOString();
  state.startedAt = Date.parse(startedAt);
  const settings = await control.read.settings();
  const reads = readsOfAudit(settings.patience);
  const asOf = input.asOf ?? startedAt;
  const until = input.until ?? hourOf(Date.parse(asOf));
  const since = input.since ?? addHours(until, -settings.lookbackHours);
  const range = { since, until };
  const listing = listed(
    input.topics ??
      (await control.read.listTopics.executeWithOptions(reads, [
        { alsoGone: true },
      ])),
  );
  const { topics, problems } = listing;
  outages.push(...listing.outages);
  state.topics = topics.length;
  state.hours = hoursIn(range).length;
  setAttributes({ range, phase: "auditing" });

  // A chosen few topics, or another range, must not push out what the hourly audit remembers; nor those that are known without Kafka.
  const remember =
    !input.topics && !input.since && !input.until && outages.length === 0;
  const results = await auditAll(
    batchesOf(topics, settings.batchTopics),
    (batch) =>
      archiveHost(settings.archiveQueue).read.auditBatch.executeWithOptions(
        {
          ...reads,
          summary: `${batch.topics.length} topics from ${batch.topics[0]}`,
        },
        [{ ...batch, remember, range, asOf }],
      ),
    (result) => {
      state.audited += result.topics;
      outages.push(...result.outages);
      setCurrentDetails(auditProgressText(state, [], Date.now()));
    },
  );
  const requests = requestsOf(results);
  const silent = onePerService(outages);
  // Before the report is stored: the service that is down may be the storage.
  if (input.topics !== undefined && changedBy("outage-of-audit"))
    await control.read.reportSomeOutages(silent);
  else await control.read.reportOutages(silent);

  const refs = results.map((result) => result.ref);
  const report = await control.read.finishAudit({
    refs,
    asOf,
    range,
    startedAt,
    requests,
    outages: silent,
    listsAll: input.topics === undefined && problems.length === 0,
  });
  const incidents = await control.read.reportFindings({ refs, asOf, range });
  const broken = results.flatMap((result) => result.broken);
  setAttributes({
    topics: broken.map(({ topic }) => topic),
    verdicts: [...new Set(broken.flatMap(({ verdicts }) => verdicts))],
    phase: broken.length > 0 ? "broken" : "clean",
    missing: sum(broken.map(({ missing }) => missing)),
  });
  const hours = sum(broken.map((topic) => topic.hours));
  setCurrentDetails(
    [
      `**${hours} topic-hours in ${broken.length} of ${topics.length} topics are not whole**, as of ${asOf}.`,
      "",
      ...silent.map((outage) => `Did not answer: ${outage.message}`),
      ...problems,
      "",
      `[Report](${report.link}) \`${report.report}\``,
      "",
      report.grid,
    ].join("\n"),
  );
  return {
    asOf,
    range,
    topics: topics.length,
    verdicts: report.verdicts,
    causes: report.causes,
    broken: broken.map(({ topic }) => topic).sort(),
    incidents: incidents.slice(0, MAX_NAMED),
    unknowable: results.flatMap((r) => r.unknowable).slice(0, MAX_NAMED),
    outages: silent,
    problems: [...problems, ...results.flatMap((r) => r.problems)].slice(
      0,
      MAX_NAMED,
    ),
    requests,
    report: report.report,
    html: report.html,
    link: report.link,
  };
}

type Listed = { topics: string[]; problems: string[]; outages: Outage[] };

/** The topics to audit, what could not be asked for them, and who has not answered, which an input and histories of before do not say. */
const listed = (
  topics: string[] | (Omit<Listed, "outages"> & Partial<Listed>),
): Listed => ({
  problems: [],
  outages: [],
  ...(Array.isArray(topics) ? { topics } : topics),
});

/** The topics that one activity audits, and the name by which what is read of them is remembered. */
type Batch = { topics: string[]; shard: string };

/** Cuts topics into batches; a batch's name is its number, the same in every audit: `0000`. */
function batchesOf(topics: string[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let i = 0; i < topics.length; i += size)
    batches.push({
      topics: topics.slice(i, i + size),
      shard: String(batches.length).padStart(4, "0"),
    });
  return batches;
}

/** Audits batches, a few at a time. @returns their results in the order in which they ended */
async function auditAll(
  batches: Batch[],
  audit: (batch: Batch) => Promise<BatchResult>,
  onResult: (result: BatchResult) => void,
): Promise<BatchResult[]> {
  const left = [...batches];
  const results: BatchResult[] = [];
  const lanes = Array.from({ length: BATCHES_AT_ONCE }, async () => {
    for (let batch = left.shift(); batch; batch = left.shift()) {
      const result = await audit(batch);
      results.push(result);
      onResult(result);
    }
  });
  await Promise.all(lanes);
  return results;
}

/** All batches' requests, by service. */
function requestsOf(results: BatchResult[]): Record<string, number> {
  const requests: Record<string, number> = {};
  for (const result of results)
    for (const [service, count] of Object.entries(result.requests))
      requests[service] = (requests[service] ?? 0) + count;
  return requests;
}

const onePerService = (outages: Outage[]): Outage[] => [
  ...new Map(outages.map((outage) => [outage.service, outage])).values(),
];

const sum = (numbers: number[]): number =>
  numbers.reduce((total, number) => total + number, 0);
