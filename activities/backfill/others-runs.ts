import { heartbeat, sleep } from "@temporalio/activity";
import { type Application, told, type Yarn } from "../../clients/yarn/yarn";
import type { Config } from "../../domain/settings/config";
import { matchAnywhere } from "../../domain/settings/regex-text";
import { sagaId } from "./saga-id";
import { tagOf } from "./yarn-tag";

/** Between two looks at YARN, in ms. */
const POLL_MS = 500;
/** For how many times `yarn.driverSeconds` a moment in which all others' runs count is waited for. */
const MOST_GRACES = 10;

/** Runs of the importer that are none of the saga's: its own schedule begins them, or another saga. */
export class OthersRuns {
  constructor(
    private readonly o: {
      config: Pick<Config, "importer" | "yarn">;
      yarn: Pick<Yarn, "running" | "endedSince">;
    },
  ) {}

  /** The first of some applications that is a run of the importer, and none of this saga's. */
  private firstOf(apps: Application[]): Application | undefined {
    const isImporter = matchAnywhere(this.o.config.importer.jobNames);
    const own = ["reset", "import"].map((what) => tagOf(sagaId(), what));
    return apps.find(
      ({ name, applicationTags }) =>
        isImporter.test(name) &&
        !applicationTags?.split(",").some((tag) => own.includes(tag)),
    );
  }

  /**
   * Waits until no run of somebody else goes on: it has read where the importer stands, and would write over what is done meanwhile. One
   * that its own schedule starts in this very moment is not seen yet; what the two do is put together afterwards.
   * @returns whether there was one
   */
  async waitUntilNoneGoesOn(): Promise<boolean> {
    for (let wasOne = false; ; wasOne = true) {
      const other = this.firstOf(await this.o.yarn.running());
      if (!other) return wasOne;
      heartbeat({ waitingFor: told(other) });
      await sleep(POLL_MS);
    }
  }

  /**
   * Waits until all that others have begun counts: none goes on, and none has ended within `yarn.driverSeconds`. A run tells where it stands a
   * while after its application has ended, and one that began before positions were put together, or back, would write over that. Where they
   * follow one another with shorter pauses there is no such moment: after ten times as long a pause must do.
   * @returns whether there was one
   */
  async waitUntilTheyCount(): Promise<boolean> {
    const { driverSeconds } = this.o.config.yarn;
    const since = performance.now();
    for (let wasOne = false; ; wasOne = true) {
      wasOne = (await this.waitUntilNoneGoesOn()) || wasOne;
      const time = Date.now() - driverSeconds * 1000;
      const other = this.firstOf(await this.o.yarn.endedSince(time));
      if (!other) return wasOne;
      const waited = performance.now() - since;
      if (waited > MOST_GRACES * driverSeconds * 1000) return true;
      heartbeat({
        waitingFor: `${told(other)} to have told where it has left the importer`,
      });
      await sleep(POLL_MS);
    }
  }

  /**
   * Waits until all count that have begun before this moment, those that YARN does not show yet as well, which takes it `yarn.driverSeconds` at
   * most: they have read where the importer stood before.
   * @returns whether there was one
   */
  async waitUntilAllCount(): Promise<boolean> {
    const wasOne = await this.isShownInTime();
    return (await this.waitUntilTheyCount()) || wasOne;
  }

  /** Whether one goes on by the time at which YARN shows all that have begun by now; not longer than until there is one. */
  private async isShownInTime(): Promise<boolean> {
    const until = performance.now() + this.o.config.yarn.driverSeconds * 1000;
    while (!this.firstOf(await this.o.yarn.running())) {
      const left = until - performance.now();
      if (left <= 0) return false;
      heartbeat({
        waitingFor: "runs of the importer that YARN does not show yet",
      });
      await sleep(Math.min(POLL_MS, left));
    }
    return true;
  }
}
