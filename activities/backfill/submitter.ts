import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import { fatal } from "../../clients/errors";
import type { Jobs } from "../../clients/commands";
import { type Application, hasEnded, type Yarn } from "../../clients/yarn/yarn";

const POLL_MS = 1000;

/** Submitting to YARN, an application a tag: what an earlier attempt has submitted is found again, later twins are killed. */
export class Submitter {
  constructor(
    private readonly yarn: Yarn,
    private readonly jobs: Jobs,
  ) {}

  /** Applications with the tag that count; one that failed is no reason not to try again, at an operator's word. */
  private async standing(tag: string): Promise<Application[]> {
    return (await this.yarn.byTag(tag)).filter(
      (app) => !hasEnded(app) || app.finalStatus === "SUCCEEDED",
    );
  }

  /**
   * @param argv must give the application its tag, and end once it is submitted
   * @param before is called where there is none yet; throws where none may be submitted now
   */
  async submit(
    tag: string,
    argv: string[],
    before: () => Promise<void> = async () => undefined,
  ): Promise<Application> {
    while (this.jobs.driverRuns(`spark.yarn.tags=${tag}`)) {
      heartbeat({ waitingFor: tag });
      await sleep(POLL_MS);
    }
    let apps = await this.standing(tag);
    if (apps.length === 0) {
      await before();
      const ended = await this.jobs.runCommand(argv, cancellationSignal());
      cancellationSignal().throwIfAborted();
      if (ended.code !== 0)
        throw new Error(`${argv[0]} ended with ${ended.code}: ${ended.output}`);
      apps = await this.standing(tag);
    }
    const [first, ...twins] = apps;
    if (!first)
      throw new Error(`no application with tag ${tag} after it was submitted`);
    for (const twin of twins)
      if (!hasEnded(twin)) await this.yarn.kill(twin.id);
    return first;
  }

  /** Submits and waits for the end. @throws where it did not succeed */
  async finished(tag: string, argv: string[]): Promise<Application> {
    const { id } = await this.submit(tag, argv);
    for (;;) {
      const app = await this.yarn.application(id);
      if (app?.finalStatus === "SUCCEEDED") return app;
      if (!app || hasEnded(app))
        throw fatal(
          "ApplicationFailed",
          `${id} ended ${app?.finalStatus ?? "unknown to YARN"}: ${app?.diagnostics.slice(0, 500) ?? ""}; ${this.yarn.link(id)}`,
        );
      heartbeat({ waitingFor: id, state: app.state });
      await sleep(POLL_MS);
    }
  }
}
