import { datasetOf } from "../../domain/settings/dataset";
import { type HourRange, hoursIn } from "../../lib/hour";
import {
  type HourEvidence,
  isBeyondEnd,
  losses,
  lostOffsets,
  offsetsJumpedOver,
  type TopicEvidence,
  unreadOffsets,
} from "../../domain/audit/evidence";
import type { Outage, TopicAudit } from "../../domain/audit/audit-report";
import { judge } from "../../domain/audit/judge";
import type { Judgement } from "../../domain/audit/judgement";
import { isHealthy } from "../../domain/audit/verdicts";
import type { Finding } from "../../domain/backfill/plan";
import { mapPool } from "../../lib/map-pool";
import type { EvidenceClients } from "./evidence/clients";
import { readTopicEvidence } from "./evidence/evidence";
import {
  distrust,
  emptyMemory,
  type TopicMemory,
  unforgettable,
} from "./evidence/evidence-cache";
import {
  readSharedEvidence,
  type SharedEvidence,
} from "./evidence/shared-evidence";
import { isOwnFault, readOrProblem, readStage } from "./evidence/stage";

/** Finding texts are cut to this, so that a topic's findings stay a small payload. */
const MAX_WHY = 240;
const TOPICS_AT_ONCE = 3;

/** A topic's evidence, and what follows from it for each hour. */
export type JudgedTopic = {
  topic: TopicEvidence;
  hours: { evidence: HourEvidence; judgement: Judgement }[];
  /** What of the topic could not be read, a sentence each. */
  problems: string[];
};

type Options = {
  /** Called once a topic and while messages are read, so that a long audit heartbeats. */
  beat?: () => void;
  /** Called after each topic. */
  audited?: () => void;
  /** What is remembered, by topic; brought up to date. */
  memory?: Record<string, TopicMemory>;
  /** Goes on without a service that is down. */
  tolerant?: boolean;
  /** Calls a topic that cannot be read unknowable, so that it does not stop the others; else its fault is thrown. */
  isolating?: boolean;
  /** Services that did not answer, by name; brought up to date. */
  outages?: Map<string, Outage>;
  /** Topics that brokers hide for want of rights; brought up to date. */
  hidden?: string[];
};

/**
 * Audits topics over a range. A topic that the naming rules do not cover is reported as such and does not stop the others, and with
 * `isolating` neither does one that cannot be audited for a reason of its own: whatever a topic holds, the audit ends.
 * @throws ServiceError where a service is down, which another attempt may find up again; where that is tolerated, never
 * @param asOf the instant as of which hours are judged, ISO-8601
 */
export async function auditTopics(
  clients: EvidenceClients,
  topics: string[],
  range: HourRange,
  asOf: string,
  options: Options = {},
): Promise<TopicAudit[]> {
  const known = topics.filter((topic) =>
    datasetOf(topic, clients.config.naming),
  );
  const sharedProblems: string[] = [];
  const readShared = () =>
    readSharedEvidence(clients, known, range, options.tolerant, options.beat);
  const shared = options.isolating
    ? await readOrProblem("what topics share", readShared, sharedProblems)
    : await readShared();
  const auditOne = async (topic: string): Promise<TopicAudit> => {
    if (!known.includes(topic)) return auditWithoutDataset(topic);
    if (!shared) return unjudged(topic, range, sharedProblems.join("; "));
    // Others are read.
    if (shared.isDenied(topic)) {
      options.hidden?.push(topic);
      return unjudged(topic, range, HIDDEN);
    }
    const remembered = options.memory?.[topic];
    const before = remembered && unforgettable(remembered);
    const memory = options.memory
      ? (options.memory[topic] ??= emptyMemory())
      : emptyMemory();
    try {
      const stage = await readStage(shared, () =>
        judgeTopic(clients, shared, topic, range, asOf, memory, options.beat),
      );
      return stage.read
        ? withProblems(auditOf(topic, stage.value, shared.isGone(topic)), [
            ...shared.problems,
            ...stage.value.problems,
          ])
        : unjudged(topic, range, stage.why);
    } catch (error) {
      if (!options.isolating || !isOwnFault(error)) throw error;
      // Half of what is in memory may be of this attempt, and half of the one before.
      delete options.memory?.[topic];
      if (options.memory && before) options.memory[topic] = before;
      return unjudged(topic, range, (error as Error).message);
    }
  };
  const audits = await mapPool(topics, TOPICS_AT_ONCE, async (topic) => {
    options.beat?.();
    const audit = await auditOne(topic);
    options.audited?.();
    return audit;
  });
  for (const [service, outage] of shared?.outages ?? [])
    options.outages?.set(service, outage);
  return audits;
}

/** A topic's evidence, judged. What looks broken by memory is read anew before it is believed. */
export async function judgeTopic(
  clients: EvidenceClients,
  shared: SharedEvidence,
  topic: string,
  range: HourRange,
  asOf: string,
  memory: TopicMemory,
  beat?: () => void,
): Promise<JudgedTopic> {
  const dataset = datasetOf(topic, clients.config.naming)!;
  const policy = clients.policyOf(topic);
  const readAndJudge = async (): Promise<JudgedTopic> => {
    const found = await readTopicEvidence(
      clients,
      shared,
      dataset,
      range,
      Date.parse(asOf),
      memory,
      beat,
    );
    return {
      topic: found.topic,
      problems: found.problems,
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
  const first = await readAndJudge();
  const doubtful = first.hours
    .filter(({ judgement }) => !isHealthy(judgement.verdict))
    .map(({ evidence }) => evidence.hour)
    .filter((hour) => remembered.has(hour));
  if (doubtful.length === 0) return first;
  for (const hour of doubtful)
    distrust(memory, hour, clients.source.dayOf(hour));
  return readAndJudge();
}

/** Whether an hour is worth a cell in the grid: it is not empty, or empty because the topic fell silent. */
const isShown = ({ verdict, cause }: Judgement): boolean =>
  verdict !== "empty" || cause !== undefined;

/** Whether a judgement asks for somebody's attention. */
const isFinding = ({ verdict, cause }: Judgement): boolean =>
  !isHealthy(verdict) || cause !== undefined;

/** The events that an hour is known to have, by whichever stage knows of most. */
const eventsOf = ({ produced, archived, raw }: Judgement["numbers"]): number =>
  Math.max(produced ?? 0, archived ?? 0, raw ?? 0);

const sum = (numbers: number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

/**
 * A judged topic as an audit stores it.
 * @param isGone whether Kafka no longer has it: hours of which nothing is known are no cells then, as topics that were deleted long ago
 * would fill the grid
 */
function auditOf(
  topic: string,
  { topic: about, hours }: JudgedTopic,
  isGone: boolean,
): TopicAudit {
  const findings = hours
    .filter(({ judgement }) => isFinding(judgement))
    .map(({ evidence, judgement }) =>
      findingOf(topic, evidence.hour, judgement),
    );
  const unknowable = hours.find(
    ({ judgement }) => judgement.verdict === "unknowable",
  );
  const lost = losses(about);
  const jumpedOver = offsetsJumpedOver(about);
  return {
    topic,
    cells: Object.fromEntries(
      hours
        .filter(({ judgement }) => isShown(judgement))
        .filter(
          ({ judgement }) => !isGone || judgement.verdict !== "unknowable",
        )
        .map(({ evidence, judgement }) => [evidence.hour, judgement.verdict]),
    ),
    findings,
    lostOffsets: lostOffsets(about),
    ...(lost.length > 0 ? { losses: lost } : {}),
    ...(about.partitions.some(isBeyondEnd) ? { beyondEnd: true } : {}),
    ...(jumpedOver > 0 ? { jumpedOver } : {}),
    unread: unreadOffsets(about),
    events: sum(hours.map(({ judgement }) => eventsOf(judgement.numbers))),
    missing: sum(findings.map((finding) => finding.missing)),
    ...(unknowable ? { unknowable: unknowable.judgement.why } : {}),
  };
}

function findingOf(
  topic: string,
  hour: string,
  { verdict, cause, level, numbers, why }: Judgement,
): Finding {
  return {
    topic,
    hour,
    verdict,
    ...(cause ? { cause } : {}),
    ...(level ? { level } : {}),
    numbers,
    missing: numbers.missing ?? 0,
    why: why.slice(0, MAX_WHY),
  };
}

/** Reasons are cut to this in all, so that a batch's problems stay a small payload. */
const MAX_PROBLEM = 1000;

const withProblems = (audit: TopicAudit, problems: string[]): TopicAudit =>
  problems.length === 0
    ? audit
    : {
        ...audit,
        problem: [...new Set(problems)].join("; ").slice(0, MAX_PROBLEM),
      };

const HIDDEN =
  "brokers hide the topic: the right to describe it is lacking (docs/permissions.md)";

/** The audit of a topic of which nothing can be said: no hour of it is called healthy. */
const unjudged = (topic: string, range: HourRange, why: string): TopicAudit =>
  withProblems(
    {
      topic,
      cells: Object.fromEntries(
        hoursIn(range).map((hour) => [hour, "unknowable"]),
      ),
      findings: [],
      lostOffsets: 0,
      unread: 0,
      events: 0,
      missing: 0,
      unknowable: why.slice(0, MAX_WHY),
    },
    [`it cannot be audited: ${why}`],
  );

const auditWithoutDataset = (topic: string): TopicAudit => ({
  topic,
  cells: {},
  findings: [],
  lostOffsets: 0,
  unread: 0,
  events: 0,
  missing: 0,
  problem: "no dataset: the naming rules do not cover this topic",
});
