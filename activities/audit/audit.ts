import { activityInfo, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../../domain/settings/dataset";
import { gridMarkdown } from "../../reports/grid";
import type { HourRange } from "../../lib/hour";
import {
  type HourEvidence,
  losses,
  lostOffsets,
  type TopicEvidence,
  unreadOffsets,
} from "../../domain/audit/evidence";
import { judge } from "../../domain/audit/judge";
import type { Judgement } from "../../domain/audit/judgement";
import { isHealthy } from "../../domain/audit/verdicts";
import { fatal } from "../../clients/errors";
import {
  gather,
  gatherShared,
  type Shared,
  type Systems,
} from "./evidence/evidence";
import {
  distrust,
  emptyMemory,
  type EvidenceCache,
  type TopicMemory,
} from "./evidence/evidence-cache";
import { mapPool } from "../../lib/map-pool";
import { counting, type Requests } from "../../lib/request-count";
import type { Storage } from "../../clients/storage";
import {
  type Outage,
  type TopicAudit,
  type AuditReport,
  tally,
} from "../../domain/audit/audit-report";
import { auditHtml } from "../../reports/audit-page";
import { latest, auditPlaces } from "../../clients/storage-layout";
import { workflowId } from "../workflow-id";

/** What a batch tells its workflow; the whole lies in storage. */
export type BatchResult = {
  ref: string;
  topics: number;
  broken: {
    topic: string;
    hours: number;
    missing: number;
    verdicts: string[];
  }[];
  unknowable: string[];
  problems: string[];
  outages: Outage[];
  requests: Requests;
};

export type Settings = {
  lookbackHours: number;
  batchTopics: number;
  archiveQueue: string;
  /** On other hosts that hold an archive. */
  otherArchiveQueues?: string[];
  /** How large sagas are cut; absent: never. */
  shardTopics?: number;
  shardWindow?: number;
  planMaxAgeMinutes?: number;
  webUi?: string;
};

/** Finding texts are cut to this, so that a topic's findings stay a small payload. */
const MAX_WHY = 240;
const MAX_GRID_TOPICS = 60;
const TOPICS_AT_ONCE = 3;

type Options = {
  beat?: () => void;
  /** What is remembered, by topic; brought up to date. */
  memory?: Record<string, TopicMemory>;
  /** Goes on without a service that is down. */
  tolerant?: boolean;
  outages?: Map<string, Outage>;
};

export type Explained = {
  topic: TopicEvidence;
  hours: { evidence: HourEvidence; judgement: Judgement }[];
};

/** A topic's evidence, judged. What looks broken by memory is read anew before it is believed. */
async function judged(
  s: Systems,
  shared: Shared,
  topic: string,
  range: HourRange,
  asOf: string,
  memory: TopicMemory,
): Promise<Explained> {
  const dataset = datasetOf(topic, s.config.naming)!;
  const policy = s.policyOf(topic);
  const look = async (): Promise<Explained> => {
    const found = await gather(s, shared, dataset, range, memory);
    return {
      topic: found.topic,
      hours: found.hours.map((evidence) => ({
        evidence,
        judgement: judge(evidence, found.topic, policy, Date.parse(asOf)),
      })),
    };
  };
  const remembered = new Set([
    ...Object.keys(memory.raw),
    ...Object.keys(memory.refined),
  ]);
  const first = await look();
  const doubtful = first.hours
    .filter((h) => !isHealthy(h.judgement.verdict))
    .map((h) => h.evidence.hour)
    .filter((hour) => remembered.has(hour));
  if (doubtful.length === 0) return first;
  for (const hour of doubtful) distrust(memory, hour);
  return look();
}

function toAudit(
  topic: string,
  { topic: about, hours }: Explained,
): TopicAudit {
  const audit: TopicAudit = {
    topic,
    cells: {},
    findings: [],
    lostOffsets: lostOffsets(about),
    ...(lostOffsets(about) > 0 ? { losses: losses(about) } : {}),
    unread: unreadOffsets(about),
    events: 0,
    missing: 0,
  };
  for (const { evidence, judgement: j } of hours) {
    audit.events += Math.max(
      j.numbers.produced ?? 0,
      j.numbers.archived ?? 0,
      j.numbers.raw ?? 0,
    );
    if (j.verdict === "empty" && !j.cause) continue;
    audit.cells[evidence.hour] = j.verdict;
    if (j.verdict === "unknowable") audit.unknowable ??= j.why;
    if (isHealthy(j.verdict) && !j.cause) continue;
    audit.missing += j.numbers.missing ?? 0;
    audit.findings.push({
      topic,
      hour: evidence.hour,
      verdict: j.verdict,
      ...(j.cause ? { cause: j.cause } : {}),
      ...(j.level ? { level: j.level } : {}),
      numbers: j.numbers,
      missing: j.numbers.missing ?? 0,
      why: j.why.slice(0, MAX_WHY),
    });
  }
  return audit;
}

/** Audits topics over a range; a topic whose evidence cannot be read is reported as such and does not stop the others. */
export async function auditTopics(
  s: Systems,
  topics: string[],
  range: HourRange,
  asOf: string,
  options: Options = {},
): Promise<TopicAudit[]> {
  const known = topics.filter((t) => datasetOf(t, s.config.naming));
  const shared = await gatherShared(s, known, range, options.tolerant);
  const results = await mapPool(topics, TOPICS_AT_ONCE, async (topic) => {
    options.beat?.();
    if (!known.includes(topic))
      return {
        topic,
        cells: {},
        findings: [],
        lostOffsets: 0,
        unread: 0,
        events: 0,
        missing: 0,
        problem: "no dataset: the naming rules do not cover this topic",
      };
    const memory = options.memory
      ? (options.memory[topic] ??= emptyMemory())
      : emptyMemory();
    const audit = toAudit(
      topic,
      await judged(s, shared, topic, range, asOf, memory),
    );
    if (shared.importer.problems.length > 0)
      audit.problem = shared.importer.problems.join("; ");
    return audit;
  });
  for (const [service, outage] of shared.outages)
    options.outages?.set(service, outage);
  return results;
}

/** The audit's activities. */
export function createAuditActivities(
  deps: Systems & { storage: Storage; cache: EvidenceCache },
) {
  const { storage, cache } = deps;
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
        otherArchiveQueues: deps.config.search.otherHosts.map(
          (host) => `archive@${host}`,
        ),
        shardTopics: deps.config.saga.shardTopics,
        shardWindow: deps.config.saga.window,
        planMaxAgeMinutes: deps.config.plan.maxAgeMinutes,
        ...(deps.config.webUi ? { webUi: deps.config.webUi } : {}),
      };
    },
    /**
     * Audits a batch and stores what it found. The first attempts fail visibly where a service is down; from `audit.patience` on its
     * stage is called unknowable, so that one outage does not blind the audit for the rest.
     */
    async auditBatch(input: {
      topics: string[];
      range: HourRange;
      asOf: string;
      shard: string;
      remember: boolean;
    }): Promise<BatchResult> {
      const { attempt } = activityInfo();
      const tolerant = attempt >= deps.config.audit.patience;
      const outages = new Map<string, Outage>();
      const { result: audits, requests } = await counting(async () => {
        const memory =
          input.remember && !tolerant ? await cache.load(input.shard) : {};
        const found = await auditTopics(
          deps,
          input.topics,
          input.range,
          input.asOf,
          { beat: () => heartbeat(), memory, tolerant, outages },
        );
        if (input.remember && outages.size === 0)
          await cache.save(input.shard, memory, input.range);
        return found;
      });
      const ref = await storage.write(
        auditPlaces(workflowId()).batch(input.shard),
        audits,
      );
      return {
        ref,
        topics: audits.length,
        broken: audits
          .filter((a) => a.findings.length > 0)
          .map((a) => ({
            topic: a.topic,
            hours: a.findings.length,
            missing: a.missing,
            verdicts: [...new Set(a.findings.map((f) => f.verdict))],
          })),
        unknowable: audits.flatMap((a) => (a.unknowable ? [a.topic] : [])),
        problems: audits.flatMap((a) =>
          a.problem ? [`${a.topic}: ${a.problem}`] : [],
        ),
        outages: [...outages.values()],
        requests,
      };
    },
    /** One topic's audit, from scratch. */
    async auditTopic(input: {
      topic: string;
      range: HourRange;
      asOf: string;
    }): Promise<TopicAudit> {
      const [audit] = await auditTopics(
        deps,
        [input.topic],
        input.range,
        input.asOf,
        { beat: () => heartbeat() },
      );
      return audit!;
    },
    /** What each stage says of one topic-hour, and what follows from it. @throws InvalidInput for a topic without a dataset */
    async explainHour(input: {
      topic: string;
      hour: string;
      range: HourRange;
      asOf: string;
    }): Promise<{
      topic: TopicEvidence;
      evidence: HourEvidence;
      judgement: Judgement;
    }> {
      if (!datasetOf(input.topic, deps.config.naming))
        throw fatal(
          "InvalidInput",
          `topic: ${input.topic} is not covered by naming.topicPattern ${deps.config.naming.topicPattern}`,
        );
      const shared = await gatherShared(deps, [input.topic], input.range);
      const found = await judged(
        deps,
        shared,
        input.topic,
        input.range,
        input.asOf,
        emptyMemory(),
      );
      const { evidence, judgement } = found.hours.find(
        (h) => h.evidence.hour === input.hour,
      )!;
      return { topic: found.topic, evidence, judgement };
    },
    /** Puts an audit's batches together: the report as JSON and as a page, and the pointer to the newest. */
    async finishAudit(input: {
      refs: string[];
      asOf: string;
      range: HourRange;
      startedAt: string;
      requests: Requests;
      outages: Outage[];
    }): Promise<{
      report: string;
      html: string;
      link: string;
      verdicts: Record<string, number>;
      causes: Record<string, number>;
      grid: string;
    }> {
      const id = workflowId();
      const places = auditPlaces(id);
      const audits: TopicAudit[] = [];
      for (const ref of input.refs) {
        heartbeat(ref);
        audits.push(...(await storage.readRef<TopicAudit[]>(ref)));
      }
      audits.sort((a, b) => (a.topic < b.topic ? -1 : 1));
      const report: AuditReport = {
        workflowId: id,
        asOf: input.asOf,
        range: input.range,
        seconds: (Date.now() - Date.parse(input.startedAt)) / 1000,
        requests: input.requests,
        outages: input.outages,
        audits,
      };
      const ref = await storage.write(places.report, report);
      const html = await storage.writeText(places.page, auditHtml(report));
      await storage.write(latest.audit, { ref, html });
      const broken = audits.filter((a) => a.findings.length > 0);
      return {
        report: ref,
        html,
        link: storage.link(html),
        verdicts: tally(audits.flatMap((a) => Object.values(a.cells))),
        causes: tally(
          broken.flatMap((a) => a.findings.flatMap((f) => f.cause ?? [])),
        ),
        grid: gridMarkdown(
          (broken.length > 0 ? broken : audits).slice(0, MAX_GRID_TOPICS),
        ),
      };
    },
  };
}
