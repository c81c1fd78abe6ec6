import type { Config } from "../../domain/settings/config";
import { matchAnywhere } from "../../domain/settings/regex-text";
import { toMarkdown } from "../../reports/document";
import {
  type Estimate,
  type Plan,
  type PlannedTopic,
  type PlanSummary,
  type RunningJob,
} from "../../domain/backfill/plan";
import { planDocument } from "../../reports/plan-document";
import type { Storage } from "../../clients/storage";
import { isRefine, type Yarn } from "../../clients/yarn/yarn";
import { canonicalJson } from "../../lib/canonical-json";
import { latest, sagaPlaces } from "../../clients/storage-layout";
import { sha256 } from "../../lib/digest";
import { sagaId } from "./saga-id";

const ASSUMED_PARTITIONS_PER_SECOND = 1;
/** Topic-hours that a summary names; those of a larger plan are read from the plan itself. */
const MAX_HOURS_IN_SUMMARY = 2000;

/** Storing plans: the whole plan and its document on HDFS, a summary for workflow state. */
export class PlanStore {
  constructor(
    private readonly deps: { config: Config; storage: Storage; yarn: Yarn },
  ) {}

  /** Every Refine that YARN has not ended, except by name: who wrote it is said by its words, not by its bytes. */
  private async runningJobs(): Promise<RunningJob[]> {
    const { config, yarn } = this.deps;
    const outdated = matchAnywhere(config.refine.outdatedJobs);
    return (await yarn.running()).filter(isRefine).map((app) => ({
      id: app.id,
      name: app.name,
      user: app.user,
      startedAt: new Date(app.startedTime).toISOString(),
      link: yarn.link(app.id),
      ...(outdated.test(app.name)
        ? {
            outdated: `its name matches refine.outdatedJobs (${config.refine.outdatedJobs}): it neither deduplicates nor geocodes`,
          }
        : {}),
    }));
  }

  /** From the configured replay rate and what the newest backfill's Refine took; before the first, from an assumption that says so. */
  private async estimateOf(plan: Plan): Promise<Estimate> {
    const { config, storage } = this.deps;
    const rates = await storage.read(latest.rates);
    const missing = plan.topics.reduce((sum, t) => sum + t.missing, 0);
    const perSecond =
      rates && rates.seconds > 0
        ? rates.partitions / rates.seconds
        : ASSUMED_PARTITIONS_PER_SECOND;
    return {
      replaySeconds: missing / config.replay.eventsPerSecond,
      partitions: plan.findings.length,
      refineSeconds: plan.findings.length / perSecond,
      basis: [
        `replay.eventsPerSecond ${config.replay.eventsPerSecond}`,
        rates
          ? `${rates.partitions} partitions in ${rates.seconds} s by the Refine of ${rates.by}`
          : `${ASSUMED_PARTITIONS_PER_SECOND} partitions a second, assumed: no backfill has told yet`,
      ],
    };
  }

  async put(plan: Plan): Promise<PlanSummary> {
    const { storage } = this.deps;
    const { topics, findings, flags, range, refine } = plan;
    const id = sagaId();
    const places = sagaPlaces(id);
    const digest = sha256(canonicalJson(plan));
    const ref = await storage.write(places.plan(digest), plan);
    const [running, estimate] = await Promise.all([
      this.runningJobs(),
      this.estimateOf(plan),
    ]);
    const document = toMarkdown(
      `Plan of ${id}`,
      planDocument(plan, { digest, running, estimate }),
    );
    const documentRef = await storage.writeText(places.planDocument, document);
    const oldest = topics.flatMap((t) => t.hours).sort()[0];
    return {
      document: documentRef,
      link: storage.link(documentRef),
      running,
      estimate,
      digest,
      ref,
      range,
      topics:
        findings.length > MAX_HOURS_IN_SUMMARY
          ? topics.map((t) => ({ ...t, hours: [], byReference: true }))
          : topics,
      ...(oldest === undefined ? {} : { oldest }),
      topicHours: findings.length,
      missing: topics.reduce((sum, t) => sum + t.missing, 0),
      lostOffsets: topics.reduce((sum, t) => sum + t.lostOffsets, 0),
      flags: flags.length,
      outdatedPartitions: findings.filter(
        (f) => f.verdict === "refine-outdated",
      ).length,
      refine,
      ...(plan.importerRun === undefined
        ? {}
        : { importerRun: plan.importerRun }),
    };
  }
}

/** Topics with their hours, which a large plan's summary does not name. */
export async function withHours(
  storage: Storage,
  topics: PlannedTopic[],
  planRef: string | undefined,
): Promise<PlannedTopic[]> {
  if (!topics.some((t) => t.byReference)) return topics;
  const plan = await storage.readRef<Plan>(planRef!);
  const hours = new Map(plan.topics.map((t) => [t.topic, t.hours]));
  return topics.map((t) => ({ ...t, hours: hours.get(t.topic) ?? [] }));
}
