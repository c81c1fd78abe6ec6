import type { Config } from "../../domain/settings/config";
import {
  argumentsForTables,
  jobFaults,
  type RefineJob,
} from "../../domain/backfill/refine-job";
import type { Plan } from "../../domain/backfill/plan";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { isRefine, told, type Yarn } from "../../clients/yarn/yarn";
import { heartbeatWhile } from "../heartbeat-while";
import { FlagsSetSince } from "./flags-set-since";
import { jarDigest } from "./jar-digest";
import { refuseUntouchablePlan } from "./refuse-untouchable";
import { sagaId } from "./saga-id";
import type { Submitter } from "./submitter";
import { tagOf } from "./yarn-tag";

/** A Refine that was submitted. */
type SubmittedRefine = {
  applicationId: string;
  /** Its page at YARN. */
  link: string;
  /** Flags in planned hours that others had set since they were cleared, and that were taken away before; absent where there were none. */
  flagsSetSince?: number;
};

/** Submitting the planned Refine. */
export function createSubmitRefineActivities({
  config,
  hdfs,
  storage,
  yarn,
  submitter,
  digestOf = jarDigest,
}: {
  config: Config;
  hdfs: Hdfs;
  storage: Storage;
  yarn: Yarn;
  submitter: Pick<Submitter, "submit" | "isSubmitting">;
  /** See {@link jarDigest}; a platform in memory has no files. */
  digestOf?: (jar: string) => Promise<string>;
}) {
  /** @throws ApplicationFailure where nobody refines: this worker's configuration is another one than the plan's */
  function refineSettings() {
    if (config.refine) return config.refine;
    throw fatal(
      "NotAllowed",
      "there is nothing to submit: the configuration has no section refine",
    );
  }
  const setSince = new FlagsSetSince({ config, hdfs, storage });

  /**
   * The plan's digest was taken when the plan was made, perhaps on another host, and the file may have been replaced since.
   *
   * @throws ApplicationFailure where this host's jar cannot be read or is not the one that was approved
   */
  async function refuseAnotherJar(job: RefineJob): Promise<void> {
    const found = await digestOf(job.jar);
    if (found !== job.sha256)
      throw fatal(
        "RefusedJob",
        `the Refine jar ${job.jar} has the sha256 ${found} on the host that submits, and the plan has ${job.sha256}`,
      );
  }

  /** @throws Error where another Refine runs or is about to, so that the step is tried again until it has ended or an operator ends it */
  async function refuseBesideAnotherRefine(): Promise<void> {
    const others = (await yarn.running()).filter(isRefine);
    if (others.length > 0)
      throw new Error(
        `another Refine is running and may write the same partitions: ${others.map(told).join(", ")}`,
      );
    // Its own schedule may have begun one just before that was held.
    const { class: name } = refineSettings();
    if (submitter.isSubmitting(name))
      throw new Error(
        `another Refine is being submitted on this host (a process whose command line has ${name})`,
      );
  }

  return {
    /**
     * Submits the plan's Refine, once for all attempts: one that this saga has submitted is found again by its tag.
     *
     * @throws ApplicationFailure where the job is not the one that is configured, the jar's bytes are not the planned ones, or it names no tables where topics were skipped
     */
    async submitRefine(input: {
      job: RefineJob;
      /** Directory names of the tables that are left, where topics were skipped since the plan was made. */
      only?: string[];
      /** The plan, whose hours must have no flag that others have set since the saga began to import; sagas of before name none. */
      planRef?: string;
      /** Topics whose flags stay. */
      skip?: string[];
    }): Promise<SubmittedRefine> {
      const id = sagaId();
      const { job, only, planRef, skip = [] } = input;
      const refine = refineSettings();
      let flagsSetSince = 0;
      if (planRef !== undefined)
        await refuseUntouchablePlan(
          config,
          () => storage.readRef<Plan>(planRef),
          skip,
        );
      const faults = jobFaults(job, refine);
      if (faults.length > 0)
        throw fatal(
          "RefusedJob",
          `refused to refine with ${job.class}: ${faults.join("; ")}`,
        );
      const args = argumentsForTables(job.arguments, only);
      if (!args)
        throw fatal(
          "NotAllowed",
          `the job's arguments name no tables, so none can be left out: ${job.arguments.join(" ")}`,
        );
      const app = await heartbeatWhile(() =>
        submitter.submit(
          {
            submit: refine.submit,
            tag: tagOf(id, "refine"),
            name: `refine_${id}`,
            class: job.class,
            jar: job.jar,
            arguments: args,
          },
          async () => {
            await refuseBesideAnotherRefine();
            if (planRef !== undefined)
              flagsSetSince = await setSince.takeAway(
                id,
                await storage.readRef<Plan>(planRef),
                skip,
                async () =>
                  (await yarn.byTag(tagOf(id, "refine"))).length === 0,
              );
            await refuseAnotherJar(job);
            // Last, so that every flag of this Refine is younger.
            await setSince.submitting(id);
          },
        ),
      );
      return {
        applicationId: app.id,
        link: yarn.link(app.id),
        ...(flagsSetSince > 0 ? { flagsSetSince } : {}),
      };
    },
  };
}
