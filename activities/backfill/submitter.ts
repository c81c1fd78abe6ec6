import {
  cancellationDetails,
  cancellationSignal,
  log,
  sleep,
} from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import { fatal } from "../../clients/errors";
import { withoutValues } from "../../domain/backfill/program-output";
import { type Application, hasEnded, type Yarn } from "../../clients/yarn/yarn";
import type { Driver, Drivers } from "./drivers";

const POLL_MS = 1000;
/** Characters of YARN's diagnostics that an error quotes. */
const DIAGNOSTICS_LENGTH = 500;

/** The class of Spark's own with which every `spark-submit` runs. */
const SPARK_SUBMIT = "org.apache.spark.deploy.SparkSubmit";

/** A Spark application, and how this host submits it. */
export type SparkJob = {
  /** The command that submits and its options, as configured: `spark-submit --master yarn --deploy-mode cluster …`. */
  submit: string[];
  /** The YARN tag by which the application is found again. */
  tag: string;
  /** Its name, as YARN's pages show it. */
  name: string;
  class: string;
  jar: string;
  /** What the class is given. */
  arguments: string[];
};

const driverOf = (tag: string): Driver => ({
  tag,
  setting: `spark.yarn.tags=${tag}`,
});

/** The command that submits a job, tags it, and ends as soon as YARN has accepted it. */
export const sparkSubmitCommand = (job: SparkJob): string[] => [
  ...job.submit,
  ...["--class", job.class, "--name", job.name],
  ...["--conf", driverOf(job.tag).setting],
  ...["--conf", "spark.yarn.submit.waitAppCompletion=false"],
  job.jar,
  ...job.arguments,
];

/**
 * Submits Spark applications to YARN, one for each tag however many attempts ask for it: an application that an earlier attempt has
 * submitted is found again by its tag, and one that was submitted twice all the same is killed.
 */
export class Submitter {
  constructor(
    private readonly yarn: Yarn,
    private readonly drivers: Pick<Drivers, "awaitOthers" | "run" | "runsHere">,
  ) {}

  /** The tag's applications that run or have succeeded. One that failed is no reason not to submit again when an operator retries. */
  private async runningOrSucceeded(tag: string): Promise<Application[]> {
    return (await this.yarn.byTag(tag)).filter(
      (app) => !hasEnded(app) || app.finalStatus === "SUCCEEDED",
    );
  }

  /** A worker that was killed leaves its spark-submit behind, on whichever host, which may submit yet. */
  private async awaitOtherDrivers(tag: string): Promise<void> {
    await this.drivers.awaitOthers(driverOf(tag), async () => {
      const apps = await this.runningOrSucceeded(tag);
      return apps.length > 0 ? "enough" : "nothing";
    });
  }

  /**
   * Whether a process of this host submits a class, or waits for one that it has submitted. YARN shows an application only some time after
   * that began. Containers that run the class itself do not count: YARN shows theirs, and one may outlive a NodeManager.
   */
  isSubmitting(mainClass: string): boolean {
    return this.drivers.runsHere(SPARK_SUBMIT, mainClass);
  }

  private async runSubmitCommand(job: SparkJob): Promise<void> {
    const command = sparkSubmitCommand(job);
    const ended = await this.drivers.run(
      driverOf(job.tag),
      command,
      cancellationSignal(),
    );
    cancellationSignal().throwIfAborted();
    if (ended.code !== 0)
      throw new Error(
        `${command[0]} ended with ${ended.code}: ${withoutValues(ended.output)}`,
      );
  }

  /**
   * Submits a job unless its tag has an application already.
   *
   * @param beforeSubmitting is called only where there is none yet; it throws where none may be submitted now
   * @returns the first application with the tag, which may have ended successfully
   * @throws Error where the command fails or YARN does not know the application afterwards
   */
  async submit(
    job: SparkJob,
    beforeSubmitting: () => Promise<void> = async () => undefined,
  ): Promise<Application> {
    await this.awaitOtherDrivers(job.tag);
    let apps = await this.runningOrSucceeded(job.tag);
    if (apps.length === 0) {
      await beforeSubmitting();
      await this.runSubmitCommand(job);
      apps = await this.runningOrSucceeded(job.tag);
    }
    const [first, ...twins] = apps;
    if (!first)
      throw new Error(
        `no application with tag ${job.tag} after it was submitted`,
      );
    for (const twin of twins)
      if (!hasEnded(twin)) await this.yarn.kill(twin.id);
    return first;
  }

  /**
   * Submits a job and waits for its end. Where the activity is cancelled, the application is killed.
   * @param tell is told what is waited for
   * @throws ApplicationFailure where it did not succeed
   */
  async submitAndAwait(
    job: SparkJob,
    tell: (progress: unknown) => void,
  ): Promise<Application> {
    try {
      return await this.awaitEnd((await this.submit(job)).id, tell);
    } catch (error) {
      // A worker that shuts down leaves it to the attempt that takes over.
      if (cancellationDetails()?.cancelRequested !== true) throw error;
      await this.killAll(job.tag);
      throw new CancelledFailure("CANCELLED", undefined, error as Error);
    }
  }

  /** Kills what runs with a tag, as far as YARN answers; what it does not answer is told in the worker's log. */
  private async killAll(tag: string): Promise<void> {
    const told = (error: Error) =>
      log.warn(`not killed, of tag ${tag}: ${error.message}`);
    const apps = await this.yarn.byTag(tag).catch((error: Error) => {
      told(error);
      return [];
    });
    for (const app of apps)
      if (!hasEnded(app)) await this.yarn.kill(app.id).catch(told);
  }

  private async awaitEnd(
    id: string,
    tell: (progress: unknown) => void,
  ): Promise<Application> {
    for (;;) {
      const app = await this.yarn.application(id);
      if (app?.finalStatus === "SUCCEEDED") return app;
      if (!app || hasEnded(app))
        throw fatal(
          "ApplicationFailed",
          `${id} ended ${app?.finalStatus ?? "unknown to YARN"}: ${withoutValues(app?.diagnostics ?? "").slice(0, DIAGNOSTICS_LENGTH)}; ${this.yarn.link(id)}`,
        );
      tell({ waitingFor: id, state: app.state });
      await sleep(POLL_MS);
    }
  }
}
