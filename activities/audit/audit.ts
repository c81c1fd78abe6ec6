import { activityInfo } from "@temporalio/activity";
import { datasetOf } from "../../domain/settings/dataset";
import type { Config } from "../../domain/settings/config";
import { hoursIn, type HourRange } from "../../lib/hour";
import type { HourEvidence, TopicEvidence } from "../../domain/audit/evidence";
import type { Outage, TopicAudit } from "../../domain/audit/audit-report";
import { hiddenOutages } from "../../domain/audit/hidden-topics";
import type { UnknownTopics } from "../../domain/audit/preflight";
import type { Judgement } from "../../domain/audit/judgement";
import { clockAfter, isOfThePast } from "../../domain/audit/audit-clock";
import { hourRulesOf } from "../../domain/audit/usable-hours";
import { unsettledHours } from "../../domain/audit/unsettled";
import { counting, type Requests } from "../../lib/request-count";
import { fatal } from "../../clients/errors";
import type { Storage } from "../../clients/storage";
import { auditPlaces } from "../../clients/storage-layout";
import { beat } from "../beat";
import { heartbeatWhile } from "../heartbeat-while";
import { ownScope } from "../own-task-queue";
import { workflowId } from "../workflow-id";
import { BatchProgress } from "./batch-progress";
import type { EvidenceClients } from "./evidence/clients";
import {
  type BatchMemory,
  emptyMemory,
  type EvidenceCache,
} from "./evidence/evidence-cache";
import { readSharedEvidence } from "./evidence/shared-evidence";
import { readStage, valueOr } from "./evidence/stage";
import {
  type FinishedAudit,
  type FinishInput,
  storeAuditReport,
} from "./finish-audit";
import { goneTopics, type GoneTopics } from "./gone-topics";
import { auditTopics, judgeTopic } from "./judge-topics";
import { type Settings, settingsOf } from "./settings";
import { unknownTopics } from "./unknown-topics";

type BatchInput = {
  topics: string[];
  range: HourRange;
  asOf: string;
  /** The batch's name, the same in every audit. */
  shard: string;
  /** Whether what is read is remembered for the next audit. */
  remember: boolean;
};

/** What a batch returns to its workflow; the whole lies in storage. */
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

/** Topics to audit; what could not be asked for them, a sentence each; and which services have not answered. */
type ListedTopics = GoneTopics & { outages: Outage[] };

type AuditClients = EvidenceClients & {
  storage: Storage;
  cache: EvidenceCache;
  config: Config;
};

/** The audit's activities. */
export function createAuditActivities(clients: AuditClients) {
  const { config, kafka, storage } = clients;
  const { naming } = config;
  const isPatienceOver = () => activityInfo().attempt >= config.audit.patience;
  return {
    /**
     * Topics that the naming rules cover, sorted.
     * @param input `alsoGone` adds those that Kafka no longer has, of which something may be lost: see {@link goneTopics}
     * @returns with `alsoGone`, also what could not be asked for them. Histories of 0.2.0 and before hold the topics alone.
     *   From `audit.patience` attempts on Kafka's own topics are left out where it does not answer: the others are audited all the same
     */
    async listTopics(input?: {
      alsoGone?: boolean;
    }): Promise<string[] | ListedTopics> {
      const covered = (topics: string[]) =>
        topics.filter((topic) => datasetOf(topic, naming)).sort();
      if (!input?.alsoGone) return covered(await kafka.topics());
      const outages = new Map<string, Outage>();
      const inKafka = await readStage(
        { tolerant: isPatienceOver(), outages },
        () => kafka.topics(),
      );
      const listed = valueOr(inKafka, []);
      const { topics, problems } = await goneTopics(clients, listed);
      return {
        topics: covered([...listed, ...topics]),
        problems: inKafka.read
          ? problems
          : [
              `topics that only Kafka knows are left out: ${inKafka.why}`,
              ...problems,
            ],
        outages: [...outages.values()],
      };
    },
    /** Which of these names are no topics that anything knows of, and what they may have meant. */
    async unknownTopics(input: { topics: string[] }): Promise<UnknownTopics> {
      return unknownTopics(clients, input.topics);
    },
    /** What workflows need to know of the configuration. */
    async settings(): Promise<Settings> {
      return settingsOf(config, ownScope());
    },
    /**
     * Audits a batch and stores what it found. The first attempts fail visibly where a service is down; from `audit.patience` on its
     * stage is called unknowable, so that one outage does not blind the audit for the rest.
     */
    async auditBatch(input: BatchInput): Promise<BatchResult> {
      const tolerant = isPatienceOver();
      const progress = new BatchProgress(
        input.topics.length,
        hoursIn(input.range).length,
      );
      // Also while a topic takes long: an attempt that works must not be taken for a dead one, and begun again beside it.
      const { result, requests } = await counting(() =>
        heartbeatWhile(
          () => auditRemembering(clients, input, tolerant, progress),
          () => progress.told(),
        ),
      );
      const { audits, outages } = result;
      const places = auditPlaces(workflowId());
      const ref = await storage.write(places.batch(input.shard), audits);
      return { ref, ...summaryOf(audits), outages, requests };
    },
    /** One topic's audit, from scratch. */
    async auditTopic(input: {
      topic: string;
      range: HourRange;
      asOf: string;
    }): Promise<TopicAudit> {
      const { topic, range, asOf } = input;
      const [audit] = await auditTopics(clients, [topic], range, asOf, {
        beat,
      });
      return { ...audit!, unsettled: unsettledHours(audit!, hoursIn(range)) };
    },
    /**
     * What each stage says of one topic-hour, and what follows from it. In the evidence, `unread` says which stages could not be read.
     * @throws InvalidInput for a topic without a dataset
     */
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
      const { topic, hour, range, asOf } = input;
      if (!datasetOf(topic, naming))
        throw fatal(
          "InvalidInput",
          `topic: ${topic} is not covered by naming.topicPattern ${naming.topicPattern}`,
        );
      const shared = await readSharedEvidence(
        clients,
        [topic],
        range,
        false,
        beat,
      );
      const judged = await judgeTopic(
        clients,
        shared,
        topic,
        range,
        asOf,
        emptyMemory(),
        beat,
      );
      const { evidence, judgement } = judged.hours.find(
        (found) => found.evidence.hour === hour,
      )!;
      return { topic: judged.topic, evidence, judgement };
    },
    /** Puts an audit's batches together: the report as JSON and as a page, and the pointer to the newest. */
    async finishAudit(input: FinishInput): Promise<FinishedAudit> {
      const { lookbackHours } = config.audit;
      return storeAuditReport(
        storage,
        workflowId(),
        input,
        beat,
        lookbackHours,
        hourRulesOf(config),
      );
    },
  };
}

/**
 * Audits a batch by what earlier audits remember of it, and remembers what it found; where a service is down, neither. An audit as of an earlier
 * instant than one before it remembers nothing either: hours that it did not look at would be forgotten.
 */
async function auditRemembering(
  clients: AuditClients,
  { topics, range, asOf, shard, remember }: BatchInput,
  tolerant: boolean,
  progress: BatchProgress,
): Promise<{ audits: TopicAudit[]; outages: Outage[] }> {
  const { cache } = clients;
  const now = Date.now();
  const outages = new Map<string, Outage>();
  const hidden: string[] = [];
  const before: BatchMemory =
    remember && !tolerant
      ? await cache.load(shard, topics)
      : { topics: {}, others: {} };
  const audits = await auditTopics(clients, topics, range, asOf, {
    beat: () => beat(progress.told()),
    audited: () => progress.audited(),
    memory: before.topics,
    tolerant,
    isolating: true,
    outages,
    hidden,
  });
  if (remember && outages.size === 0) {
    const remembered = tolerant ? await cache.load(shard, topics) : before;
    const told = Date.parse(asOf);
    const isPast = Object.values(remembered.topics).some(({ clock }) =>
      isOfThePast(told, clock),
    );
    if (!isPast) {
      const memory = tolerant ? withRemembered(before, remembered) : before;
      for (const topic of Object.values(memory.topics))
        topic.clock = clockAfter(topic.clock, told, now);
      await cache.save(shard, memory, range);
    }
  }
  return {
    audits,
    // What other topics told is remembered all the same.
    outages: [
      ...outages.values(),
      ...hiddenOutages(clients.config.kafka.brokers, hidden),
    ],
  };
}

/** What an audit that remembered nothing found, and above it what is remembered: it knows of logs that this one could not compare. */
const withRemembered = (
  found: BatchMemory,
  remembered: BatchMemory,
): BatchMemory => ({
  topics: { ...found.topics, ...remembered.topics },
  others: remembered.others,
});

/** A batch's audits in short. */
function summaryOf(audits: TopicAudit[]) {
  const broken = audits.filter((audit) => audit.findings.length > 0);
  return {
    topics: audits.length,
    broken: broken.map(({ topic, findings, missing }) => ({
      topic,
      hours: findings.length,
      missing,
      verdicts: [...new Set(findings.map((finding) => finding.verdict))],
    })),
    unknowable: audits.flatMap(({ topic, unknowable }) =>
      unknowable ? [topic] : [],
    ),
    problems: audits.flatMap(({ topic, problem }) =>
      problem ? [`${topic}: ${problem}`] : [],
    ),
  };
}
