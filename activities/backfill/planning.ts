import { heartbeat } from "@temporalio/activity";
import { datasetOf } from "../../domain/settings/dataset";
import type { BackfillInput } from "../../domain/settings/inputs";
import { type HourRange, partitionPath } from "../../lib/hour";
import {
  type FlagToClear,
  type Plan,
  type PlannedTopic,
  type PlanSummary,
  type RefineJob,
} from "../../domain/backfill/plan";
import { isImportFault, VERDICT } from "../../domain/audit/verdicts";
import {
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
} from "../../formats/refine/done-flag";
import { auditTopics } from "../audit/audit";
import type { Systems } from "../audit/evidence/evidence";
import { fatal } from "../../clients/errors";
import { PlanStore } from "./plan-store";
import type { Storage } from "../../clients/storage";
import type { Yarn } from "../../clients/yarn/yarn";
import { sha256OfFile } from "../../lib/digest";
import { parsePartitionKey, topicHourKey } from "../../lib/keys";

const jarDigest = (jar: string) =>
  sha256OfFile(jar).catch((error: Error) => {
    throw fatal(
      "RefusedJob",
      `the Refine jar ${jar} cannot be read: ${error.message}`,
    );
  });

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

/** Refine's option for the tables that it may refine. */
export const TABLES = "--table-whitelist";

/** The plan's activities: they read only, and write the plan itself to storage. */
export function createPlanningActivities(
  deps: Systems & { storage: Storage; yarn: Yarn },
) {
  const { config, kafka, hdfs, source } = deps;
  const plans = new PlanStore(deps);

  async function refineJob(
    input: BackfillInput,
    topics: PlannedTopic[],
    range: HourRange,
  ): Promise<RefineJob> {
    const jar = input.refineJar ?? config.refine.jar;
    const job: RefineJob = {
      jar,
      sha256: await jarDigest(jar),
      class: input.refineClass ?? config.refine.class,
      arguments: [
        ...config.refine.arguments,
        ...(input.refineClass === undefined ||
        input.refineClass === config.refine.class
          ? ["--transform-functions", config.refine.transforms.join(",")]
          : []),
        TABLES,
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
            ? skipped.get(topicHourKey(topic.topic, hour))
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
        findings.flatMap((f) => {
          const why = VERDICT[f.verdict].clearDoneFlag;
          return why ? [[topicHourKey(f.topic, f.hour), why]] : [];
        }),
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
          [...state.positions].flatMap(([key, { offset }]) =>
            topics.some((t) => t.topic === parsePartitionKey(key).topic)
              ? [[key, offset]]
              : [],
          ),
        ),
        ...(state.run === undefined ? {} : { importerRun: state.run }),
      };
      return plans.put(plan);
    },
  };
}
