import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { activityInfo, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../domain/dataset";
import type { BackfillInput } from "../domain/inputs";
import { type HourRange, partitionPath } from "../domain/hour";
import {
  canonicalJson,
  type Estimate,
  type FlagToClear,
  type Plan,
  type PlannedTopic,
  type PlanSummary,
  type RefineJob,
  type RunningJob,
} from "../domain/plan";
import { toMarkdown } from "../domain/document";
import { planDocument } from "../domain/plan-document";
import type { RefineRate } from "../domain/report";
import { isImportFault, type Verdict } from "../domain/verdict";
import {
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
} from "../formats/done-flag";
import { auditTopics } from "./audit";
import type { Systems } from "./evidence";
import { fatal } from "./errors";
import type { Storage } from "./storage";
import { isRefine, type Yarn } from "./yarn";

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(file))
      hash.update(piece as Buffer);
  } catch (error) {
    throw fatal(
      "RefusedJob",
      `the Refine jar ${file} cannot be read: ${(error as Error).message}`,
    );
  }
  return hash.digest("hex");
}

const ASSUMED_PARTITIONS_PER_SECOND = 1;

const SKIPPED: Partial<Record<Verdict, string>> = {
  "refine-outdated": "an outdated job set it; Refine would skip the hour",
  "rows-lost": "rows are missing though the flag says done",
  "rows-duplicated": "rows are there twice though the flag says done",
  "partition-missing": "Refine adds a partition only when it refines",
};

/** What the job's own words and bytes say against it; empty where it may run. */
export function jobFaults(
  job: RefineJob,
  pinned: { allowedSha256: string[]; class: string },
): string[] {
  const faults: string[] = [];
  if (!pinned.allowedSha256.includes(job.sha256))
    faults.push(
      `its jar's sha256 ${job.sha256} is not in refine.allowedSha256`,
    );
  if (job.class !== pinned.class)
    faults.push(`its class ${job.class} is not the configured ${pinned.class}`);
  const at = job.arguments.indexOf("--transform-functions");
  const transforms = at === -1 ? "" : (job.arguments[at + 1] ?? "");
  if (!/dedup/i.test(transforms))
    faults.push("it declares no deduplicating transform function");
  if (!/geocode/i.test(transforms))
    faults.push("it declares no geocoding transform function");
  return faults;
}

/** The plan's activities: they read only, and write the plan itself to storage. */
export function createPlanningActivities(
  deps: Systems & { storage: Storage; yarn: Yarn },
) {
  const { config, kafka, hdfs, source, storage, yarn } = deps;

  async function refineJob(
    input: BackfillInput,
    topics: PlannedTopic[],
    range: HourRange,
  ): Promise<RefineJob> {
    const jar = input.refineJar ?? config.refine.jar;
    const job: RefineJob = {
      jar,
      sha256: await sha256(jar),
      class: input.refineClass ?? config.refine.class,
      arguments: [
        ...config.refine.arguments,
        ...(input.refineClass === undefined ||
        input.refineClass === config.refine.class
          ? ["--transform-functions", config.refine.transforms.join(",")]
          : []),
        "--table-whitelist",
        topics.map((t) => t.tableDir).join("|"),
        // A `since` exactly on an hour starts one hour earlier.
        "--since",
        `${range.since}:00:01`,
        "--until",
        `${range.until}:00:00`,
      ],
    };
    const faults = jobFaults(job, config.refine);
    if (faults.length > 0)
      throw fatal(
        "RefusedJob",
        `refused to refine with ${job.class} of ${job.jar}: ${faults.join("; ")}`,
      );
    return job;
  }

  /** Flags that keep Refine from the planned hours: only those that must go, each with its reason. */
  async function flagsOf(
    topic: PlannedTopic,
    skipped: Map<string, string>,
    dir: string,
  ): Promise<FlagToClear[]> {
    const flags: FlagToClear[] = [];
    for (const hour of topic.hours) {
      const partition = `${dir}/${partitionPath(hour)}`;
      for (const file of (await hdfs.list(partition)) ?? []) {
        const why =
          file.name === DONE_FLAG
            ? skipped.get(`${topic.topic} ${hour}`)
            : file.name === FAILURE_FLAG
              ? "a remembered failure; Refine would skip the hour"
              : file.name === OUTDATED_FAILURE_FLAG
                ? "the outdated wrapper's misspelt failure flag"
                : undefined;
        if (why)
          flags.push({
            topic: topic.topic,
            hour,
            path: `${partition}/${file.name}`,
            owner: file.owner,
            mtime: file.mtime,
            why,
          });
      }
    }
    return flags;
  }

  /** Every Refine that YARN has not ended, except by name: who wrote it is said by its words, not by its bytes. */
  async function runningJobs(): Promise<RunningJob[]> {
    const outdated = new RegExp(config.refine.outdatedJobs, "i");
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
  async function estimateOf(plan: Plan): Promise<Estimate> {
    const stored = await storage.get("latest", "rates.json");
    const rates =
      stored === undefined ? undefined : (JSON.parse(stored) as RefineRate);
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

  return {
    async makePlan(
      input: BackfillInput & { asOf: string },
    ): Promise<PlanSummary> {
      if (config.importer.kind !== "camus")
        throw fatal(
          "NotAllowed",
          `backfills steer Camus only; importer.kind is ${config.importer.kind}`,
        );
      const range: HourRange = { since: input.since, until: input.until };
      const all = (await kafka.topics())
        .filter((t) => datasetOf(t, config.naming))
        .sort();
      const unknown = input.topics?.filter((t) => !all.includes(t)) ?? [];
      if (unknown.length > 0)
        throw fatal(
          "InvalidInput",
          `topics: ${unknown.join(", ")} not found in Kafka or not covered by naming.topicPattern ${config.naming.topicPattern}`,
        );
      const audits = await auditTopics(
        deps,
        input.topics ?? all,
        range,
        input.asOf,
        { beat: () => heartbeat() },
      );
      // Silence is nothing that a repair could mend.
      const findings = audits.flatMap((a) =>
        a.findings.filter((f) => f.verdict !== "empty"),
      );
      const state = await source.state();
      if (state.problems.length > 0)
        throw fatal("BadFormat", state.problems.join("; "));
      // Hours whose done flag still matches the raw hour: Refine would pass them by.
      const skipped = new Map(
        findings.flatMap((f) =>
          SKIPPED[f.verdict]
            ? [[`${f.topic} ${f.hour}`, SKIPPED[f.verdict]!]]
            : [],
        ),
      );
      const topics: PlannedTopic[] = audits
        .map((a) => ({
          ...a,
          findings: a.findings.filter((f) => f.verdict !== "empty"),
        }))
        .filter((a) => a.findings.length > 0)
        .map((a) => {
          const dataset = datasetOf(a.topic, config.naming)!;
          return {
            topic: a.topic,
            schema: dataset.schema,
            table: dataset.table,
            tableDir: dataset.tableDir,
            hours: a.findings.map((f) => f.hour).sort(),
            lostOffsets: a.lostOffsets,
            ...(a.losses ? { losses: a.losses } : {}),
            reset: a.lostOffsets > 0,
            missing: a.findings
              .filter((f) => isImportFault(f.verdict))
              .reduce((sum, f) => sum + f.missing, 0),
          };
        });
      const flags: FlagToClear[] = [];
      for (const topic of topics) {
        heartbeat();
        flags.push(
          ...(await flagsOf(
            topic,
            skipped,
            datasetOf(topic.topic, config.naming)!.refinedDir,
          )),
        );
      }
      const refine = await refineJob(input, topics, range);
      const plan: Plan = {
        range,
        asOf: input.asOf,
        topics,
        findings,
        flags,
        refine,
        offsets: Object.fromEntries(
          [...state.positions].flatMap(([key, { offset }]) => {
            const [topic, partition] = key.split("\t");
            return topics.some((t) => t.topic === topic)
              ? [[`${topic}/${partition}`, offset]]
              : [];
          }),
        ),
        ...(state.run === undefined ? {} : { importerRun: state.run }),
      };
      const id = activityInfo().workflowExecution!.workflowId;
      const text = canonicalJson(plan);
      const digest = createHash("sha256").update(text).digest("hex");
      // A plan a digest: what is approved is never written over by another.
      const { ref } = await storage.put(
        id,
        `plan-${digest.slice(0, 12)}.json`,
        text,
      );
      const [running, estimate] = await Promise.all([
        runningJobs(),
        estimateOf(plan),
      ]);
      const document = toMarkdown(
        `Plan of ${id}`,
        planDocument(plan, { digest, running, estimate }),
      );
      const { ref: documentRef } = await storage.put(id, "plan.md", document);
      return {
        document: documentRef,
        link: storage.link(documentRef),
        running,
        estimate,
        digest,
        ref,
        range,
        topics,
        topicHours: findings.length,
        missing: topics.reduce((sum, t) => sum + t.missing, 0),
        lostOffsets: topics.reduce((sum, t) => sum + t.lostOffsets, 0),
        flags: flags.length,
        outdatedPartitions: findings.filter(
          (f) => f.verdict === "refine-outdated",
        ).length,
        refine,
        ...(state.run === undefined ? {} : { importerRun: state.run }),
      };
    },
  };
}
