import { activityInfo, heartbeat } from "@temporalio/activity";
import { canonicalJson, type Finding } from "../domain/plan";
import { datasetOf } from "../domain/dataset";
import type { Grid } from "../domain/grid";
import type { HourRange } from "../domain/hour";
import { lostOffsets } from "../domain/evidence";
import {
  isHealthy,
  isImportFault,
  judge,
  type Judgement,
} from "../domain/verdict";
import { gather, gatherShared, type Systems } from "./evidence";
import type { Storage } from "./storage";

export type TopicAudit = {
  topic: string;
  /** Every hour that is not empty. */
  cells: Grid[number]["cells"];
  findings: Finding[];
  lostOffsets: number;
  problem?: string;
};

export type Settings = {
  lookbackHours: number;
  batchTopics: number;
  archiveQueue: string;
  webUi?: string;
};

/** Finding texts are cut to this, so that a batch stays a small payload. */
const MAX_WHY = 240;

const missingOf = (j: Judgement) =>
  isImportFault(j.verdict)
    ? Math.max(
        0,
        Math.max(j.numbers.archived ?? 0, j.numbers.produced ?? 0) -
          (j.numbers.raw ?? 0),
      )
    : 0;

/** Audits topics over a range; a topic whose evidence cannot be read is reported as such and does not stop the others. */
export async function auditTopics(
  s: Systems,
  topics: string[],
  range: HourRange,
  asOf: string,
  beat: () => void = () => undefined,
): Promise<TopicAudit[]> {
  const shared = await gatherShared(s, range);
  const results: TopicAudit[] = [];
  for (const topic of topics) {
    beat();
    const dataset = datasetOf(topic, s.config.naming);
    if (!dataset) {
      results.push({
        topic,
        cells: {},
        findings: [],
        lostOffsets: 0,
        problem: "no dataset: the naming rules do not cover this topic",
      });
      continue;
    }
    const { topic: evidence, hours } = await gather(s, shared, dataset, range);
    const audit: TopicAudit = {
      topic,
      cells: {},
      findings: [],
      lostOffsets: lostOffsets(evidence),
    };
    for (const hour of hours) {
      const j = judge(hour, evidence, s.config.policy, Date.parse(asOf));
      if (j.verdict === "empty") continue;
      audit.cells[hour.hour] = j.verdict;
      if (isHealthy(j.verdict)) continue;
      audit.findings.push({
        topic,
        hour: hour.hour,
        verdict: j.verdict,
        ...(j.cause ? { cause: j.cause } : {}),
        missing: missingOf(j),
        why: j.why.slice(0, MAX_WHY),
      });
    }
    results.push(audit);
  }
  return results;
}

/** The audit's activities. */
export function createAuditActivities(deps: Systems & { storage: Storage }) {
  return {
    /** Topics of the cluster that the naming rules cover, sorted. */
    async listTopics(): Promise<string[]> {
      const topics = await deps.kafka.topics();
      return topics.filter((t) => datasetOf(t, deps.config.naming)).sort();
    },
    /** What workflows need to know of the configuration. */
    async settings(): Promise<Settings> {
      const { lookbackHours, batchTopics } = deps.config.audit;
      return {
        lookbackHours,
        batchTopics,
        archiveQueue: `archive@${deps.config.archive.host}`,
        ...(deps.config.webUi ? { webUi: deps.config.webUi } : {}),
      };
    },
    async auditBatch(input: {
      topics: string[];
      range: HourRange;
      asOf: string;
    }): Promise<TopicAudit[]> {
      return auditTopics(deps, input.topics, input.range, input.asOf, () =>
        heartbeat(),
      );
    },
    /** Stores an audit's whole result, by its digest. */
    async saveReport(input: {
      name: string;
      content: unknown;
    }): Promise<{ ref: string; digest: string }> {
      return deps.storage.put(
        activityInfo().workflowExecution!.workflowId,
        input.name,
        canonicalJson(input.content),
      );
    },
  };
}
