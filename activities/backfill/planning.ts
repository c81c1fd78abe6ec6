import type { Config } from "../../domain/settings/config";
import { configDigest } from "../../domain/settings/config-digest";
import { datasetOf, refinedHourDir } from "../../domain/settings/dataset";
import { type BackfillInput, isChoice } from "../../domain/settings/inputs";
import type { Untouchable } from "../../domain/settings/sections/repair";
import { isRefined } from "../../domain/settings/stages";
import type { HourRange } from "../../lib/hour";
import { flagsToClear } from "../../domain/backfill/flags-to-clear";
import {
  type Choice,
  choiceInWords,
  selectRepairs,
} from "../../domain/backfill/choice";
import type {
  FlagToClear,
  Finding,
  Plan,
  PlannedTopic,
  PlanSummary,
} from "../../domain/backfill/plan";
import {
  plannedTopic,
  withoutSilence,
} from "../../domain/backfill/planned-topic";
import {
  jobFaults,
  type RefineJob,
  targetArguments,
  transformArguments,
} from "../../domain/backfill/refine-job";
import { VERDICT } from "../../domain/audit/verdicts";
import type { EvidenceClients } from "../audit/evidence/clients";
import { topicsLeft } from "../audit/gone-topics";
import { auditTopics } from "../audit/judge-topics";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Kafka } from "../../clients/kafka/kafka";
import type { ImporterState, Importer } from "../../importers/importer";
import { beat } from "../beat";
import { earlierReport } from "./earlier-report";
import { jarDigest } from "./jar-digest";
import { storePlan } from "./plan-store";
import { neverTouchOf } from "./refuse-untouchable";
import { topicHourKey } from "../../lib/keys";
import type { Storage } from "../../clients/storage";
import type { Yarn } from "../../clients/yarn/yarn";

type Dependencies = EvidenceClients & {
  config: Config;
  kafka: Pick<Kafka, "topics" | "refuseHidden">;
  hdfs: Pick<Hdfs, "list">;
  source: Pick<Importer, "state">;
  storage: Storage;
  yarn: Yarn;
};

/** Making the plan. Nothing is changed by it; the plan itself is written to storage. */
export function createPlanningActivities(deps: Dependencies) {
  const { config, kafka, hdfs, source } = deps;

  /**
   * The topics to audit: those that the input names, else all that have a dataset.
   * @throws ApplicationFailure where Kafka lacks one
   * @throws ServiceError where brokers hide one: a plan without it would say that nothing of it is broken
   */
  async function topicsToAudit(input: BackfillInput): Promise<string[]> {
    const listed = await kafka.topics();
    const isCovered = (topic: string) =>
      datasetOf(topic, config.naming) !== undefined;
    const uncovered = input.topics?.filter((topic) => !isCovered(topic)) ?? [];
    if (uncovered.length > 0)
      throw fatal(
        "InvalidInput",
        `topics: ${uncovered.join(", ")} not covered by naming.topicPattern ${config.naming.topicPattern}`,
      );
    const wanted = input.topics ?? (await leftBehind(listed)).filter(isCovered);
    const unlisted = wanted.filter((topic) => !listed.includes(topic));
    await kafka.refuseHidden(unlisted);
    // A cluster that is being started names no topic for a moment: nothing would be broken then.
    if (listed.length === 0)
      throw new Error("Kafka names no topic at all: it is asked again");
    if (input.topics && unlisted.length > 0)
      throw fatal(
        "InvalidInput",
        `topics: ${unlisted.join(", ")} not found in Kafka`,
      );
    const all = listed.filter(isCovered).sort();
    return input.topics ?? all;
  }

  /** Topics that Kafka does not list, and others know. @throws Error where not all of these can be asked: one may be hidden that is not named */
  async function leftBehind(listed: string[]): Promise<string[]> {
    const { topics, failures } = await topicsLeft(deps, listed);
    if (failures[0]) throw failures[0];
    return topics;
  }

  /** @throws ApplicationFailure where a file of the importer's state cannot be read: an abort could not put positions back */
  async function wholeImporterState(): Promise<ImporterState> {
    const state = await source.state();
    if (state.problems.length > 0)
      throw fatal("BadFormat", state.problems.join("; "));
    return state;
  }

  /** The job that is to refine the planned tables, where anybody refines. @throws ApplicationFailure where it is not the one that is configured */
  async function refineJob(
    input: BackfillInput,
    topics: PlannedTopic[],
    range: HourRange,
  ): Promise<RefineJob | undefined> {
    const { refine } = config;
    if (refine === undefined) {
      if (input.refineJar === undefined) return undefined;
      throw fatal(
        "InvalidInput",
        `refineJar: given ${input.refineJar}, and the configuration has no section refine`,
      );
    }
    const jar = input.refineJar ?? refine.jar;
    const job: RefineJob = {
      jar,
      sha256: await jarDigest(jar),
      class: refine.class,
      arguments: [
        ...refine.arguments,
        ...transformArguments(refine.transforms),
        ...targetArguments(
          topics.map((topic) => topic.tableDir),
          range,
        ),
      ],
    };
    const faults = jobFaults(job, refine);
    if (faults.length > 0)
      throw fatal(
        "RefusedJob",
        `refused to refine with ${job.class} of ${job.jar}: ${faults.join("; ")}`,
      );
    return job;
  }

  /** The flags that keep Refine from one topic's planned hours. @param doneFlagReasons by topic-hour key */
  async function flagsOf(
    topic: PlannedTopic,
    doneFlagReasons: Map<string, string>,
  ): Promise<FlagToClear[]> {
    const dataset = datasetOf(topic.topic, config.naming)!;
    const flags: FlagToClear[] = [];
    for (const hour of topic.hours) {
      const dir = refinedHourDir(dataset, hour);
      const files = (await hdfs.list(dir)) ?? [];
      flags.push(
        ...flagsToClear(
          { topic: topic.topic, hour, dir, files },
          doneFlagReasons.get(topicHourKey(topic.topic, hour)),
        ),
      );
    }
    return flags;
  }

  async function allFlags(
    topics: PlannedTopic[],
    findings: Finding[],
  ): Promise<FlagToClear[]> {
    const skipped = new Map(
      findings.flatMap((f) => {
        const why = VERDICT[f.verdict].clearDoneFlag;
        return why ? [[topicHourKey(f.topic, f.hour), why]] : [];
      }),
    );
    const flags: FlagToClear[] = [];
    for (const topic of topics) {
      beat();
      flags.push(...(await flagsOf(topic, skipped)));
    }
    return flags;
  }

  /** What somebody has chosen. @throws ApplicationFailure where the earlier report cannot be told or read */
  async function choiceOf(input: BackfillInput): Promise<Choice> {
    const { topics, hours, causes, fromReport } = input;
    return {
      topics,
      hours,
      causes,
      ...(fromReport === undefined
        ? {}
        : { earlier: await earlierReport(deps.storage, fromReport) }),
    };
  }

  /** @param neverTouch what must never be touched, besides what this worker's configuration names */
  async function planOf(
    input: BackfillInput & { asOf: string },
    neverTouch: readonly Untouchable[] = [],
  ): Promise<Plan> {
    if (!source.steering)
      throw fatal(
        "NotAllowed",
        `a backfill runs the importer and may have to take the runs back; importer.kind ${config.importer.kind} cannot be steered so`,
      );
    // First, as an audit may take hours: a name that is written wrong is told at once.
    const choice = await choiceOf(input);
    const asked: HourRange = { since: input.since, until: input.until };
    const audits = await auditTopics(
      deps,
      await topicsToAudit(input),
      asked,
      input.asOf,
      { beat },
    );
    const selected = selectRepairs(audits.map(withoutSilence), asked, choice, [
      ...neverTouchOf(config),
      ...neverTouch,
    ]);
    const { audits: broken, range, leftOut } = selected;
    const chosen = choiceInWords(choice);
    const findings = broken.flatMap((audit) => audit.findings);
    const importer = await wholeImporterState();
    const topics = broken.map((audit) =>
      plannedTopic(audit, datasetOf(audit.topic, config.naming)!),
    );
    const flags = isRefined(config) ? await allFlags(topics, findings) : [];
    const refine = await refineJob(input, topics, range);
    return {
      range,
      asOf: input.asOf,
      topics,
      findings,
      flags,
      ...(refine ? { refine } : {}),
      config: configDigest(config),
      ...(chosen.length > 0 ? { chosen } : {}),
      ...(leftOut.length > 0 ? { leftOut } : {}),
      ...(importer.run === undefined ? {} : { importerRun: importer.run }),
    };
  }

  return {
    /**
     * Audits the range and says what would repair it: topics and hours, flags that have to go, the job that refines, and the importer's
     * newest run: an abort puts positions back to where they were after it.
     *
     * @throws ApplicationFailure where the importer cannot be steered, a topic is unknown, the importer's state cannot be read, the job is
     * refused, or something is to be left out: whoever calls it by this name would search and replay that all the same
     */
    async makePlan(
      input: BackfillInput & { asOf: string },
    ): Promise<PlanSummary> {
      const plan = await planOf(input);
      if (isChoice(input) || plan.leftOut !== undefined)
        throw fatal(
          "NotAllowed",
          "this plan leaves hours out (by choice, or by repair.neverTouch), and the worker that began the saga knew nothing of that: restart all workers on this version and this configuration, and start it anew",
        );
      return storePlan(deps, plan);
    },
    /**
     * The same, without what was not chosen and what must never be touched. It has a name of its own: a worker of before would plan all of it.
     * @param input `neverTouch` is what the worker forbids that has told the saga its settings; this one's own list counts as well
     */
    async planByChoice(
      input: BackfillInput & { asOf: string; neverTouch?: Untouchable[] },
    ): Promise<PlanSummary> {
      return storePlan(deps, await planOf(input, input.neverTouch));
    },
  };
}
