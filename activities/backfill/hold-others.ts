import { cancellationSignal } from "@temporalio/activity";
import type { Jobs } from "../../clients/commands";
import type { Config } from "../../domain/settings/config";
import { withoutValues } from "../../domain/backfill/program-output";
import { heartbeatWhile } from "../heartbeat-while";

/** What has a schedule of its own, which a saga may hold for a while. */
export type HeldJob = "importer" | "refine";

/** Holding the schedules of the importer and of Refine while a saga does their work, by commands that the configuration gives. */
export function createHoldOthersActivities({
  config,
  jobs,
}: {
  config: Pick<Config, "importer" | "refine">;
  jobs: Pick<Jobs, "runCommand">;
}) {
  /** @throws Error where the command fails, so that it is tried again */
  async function run(name: string, argv: string[] | undefined): Promise<void> {
    if (!argv) return;
    const { code, output } = await heartbeatWhile(() =>
      jobs.runCommand(argv, cancellationSignal()),
    );
    if (code !== 0)
      throw new Error(
        `${name} (${argv.join(" ")}) ended with ${code}: ${withoutValues(output)}`,
      );
  }

  return {
    /** Keeps a job's own schedule from starting it. Holding what is held already changes nothing: the command must see to that. */
    hold: (input: { of: HeldJob }): Promise<void> =>
      run(`${input.of}.hold`, config[input.of]?.hold),
    /** Lets a job's own schedule start it again. */
    release: (input: { of: HeldJob }): Promise<void> =>
      run(`${input.of}.release`, config[input.of]?.release),
  };
}
