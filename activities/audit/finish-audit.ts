import {
  type AuditReport,
  type Outage,
  tally,
  type TopicAudit,
} from "../../domain/audit/audit-report";
import type { HourRange } from "../../lib/hour";
import type { Requests } from "../../lib/request-count";
import { auditHtml } from "../../reports/audit-page";
import { gridMarkdown } from "../../reports/grid";
import type { Storage } from "../../clients/storage";
import { auditPlaces, latest } from "../../clients/storage-layout";
import { type HourRules, watermarksOf } from "../../domain/audit/usable-hours";
import { HIDDEN_TOPICS } from "../../domain/audit/hidden-topics";
import { rememberAudited } from "./audited-topics";
import { rememberTopics } from "./known-topics";

/** The grid in the Web UI shows this many topics. */
const MAX_GRID_TOPICS = 60;

/** What an audit hands over at its end. */
export type FinishInput = {
  /** Where the batches' audits are, as the batches returned it. */
  refs: string[];
  asOf: string;
  range: HourRange;
  startedAt: string;
  requests: Requests;
  outages: Outage[];
  /** Whether it looked at every topic that there is. */
  listsAll?: boolean;
};

/** What an audit returns and shows of its report. */
export type FinishedAudit = {
  /** Where the report and its page are, and the page's address for a browser. */
  report: string;
  html: string;
  link: string;
  /** Topic-hours by verdict and by cause. */
  verdicts: Record<string, number>;
  causes: Record<string, number>;
  /** Markdown: broken topics, or the first of all where none is. */
  grid: string;
};

/**
 * Puts an audit's batches together: stores the report as JSON and as a page, and the pointer to the newest.
 * @param beat called before each batch is read
 * @param lookbackHours how many hours an audit looks back, if it is not told otherwise
 * @param rules by which the page tells watermarks; without them it tells none
 */
export async function storeAuditReport(
  storage: Storage,
  workflowId: string,
  input: FinishInput,
  beat: (ref: string) => void,
  lookbackHours: number,
  rules?: HourRules,
): Promise<FinishedAudit> {
  const { asOf, range, requests, outages } = input;
  const audits = await readBatches(storage, input.refs, beat);
  const report: AuditReport = {
    workflowId,
    asOf,
    range,
    startedAt: input.startedAt,
    ...(input.listsAll ? { listsAll: true as const } : {}),
    seconds: (Date.now() - Date.parse(input.startedAt)) / 1000,
    requests,
    outages,
    audits,
  };
  // Before the pointer: who finds the newest audit is to find its topics.
  const topics = await rememberAudited(
    storage,
    audits,
    Date.parse(input.startedAt),
  );
  const watermarks = rules ? watermarksOf({ report, topics }, rules) : [];
  const places = auditPlaces(workflowId);
  const ref = await storage.write(places.report, report);
  const html = await storage.writeText(
    places.page,
    auditHtml(report, watermarks),
  );
  // Before the pointer: where no topics were remembered yet, the newest audit's before this one are.
  const found = {
    audits,
    asOf,
    range,
    // Of topics that brokers hide their own audits say so.
    outages: outages.filter(({ service }) => service !== HIDDEN_TOPICS),
    lookbackHours,
  };
  await rememberTopics(storage, found);
  await storage.write(latest.audit, { ref, html });
  const broken = audits.filter((audit) => audit.findings.length > 0);
  return {
    report: ref,
    html,
    link: storage.link(html),
    verdicts: tally(audits.flatMap((audit) => Object.values(audit.cells))),
    causes: tally(
      broken.flatMap((audit) => audit.findings.flatMap((f) => f.cause ?? [])),
    ),
    grid: gridMarkdown(
      (broken.length > 0 ? broken : audits).slice(0, MAX_GRID_TOPICS),
    ),
  };
}

/** The audits of all batches, by topic. */
async function readBatches(
  storage: Storage,
  refs: string[],
  beat: (ref: string) => void,
): Promise<TopicAudit[]> {
  const audits: TopicAudit[] = [];
  for (const ref of refs) {
    beat(ref);
    audits.push(...(await storage.readRef<TopicAudit[]>(ref)));
  }
  return audits.sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
