import type { Client } from "@temporalio/client";
import type { Command } from "commander";
import type { BackfillInput } from "../../domain/settings/inputs";
import { readOnlyStorage } from "../storage";
import { configOption } from "../config-option";
import { check, list, webLink, withClient } from "../client";
import { controlQueue, scoped } from "../pipeline";
import { print } from "../output";
import { preflight } from "../preflight";
import { resultOf } from "../result-of";
import { heartbeats, printProgress } from "../saga-progress";
import type { BackfillResult } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

export { heartbeats };

type StartOptions = {
  name?: string;
  since: string;
  until: string;
  topics?: string;
  hours?: string;
  causes?: string;
  fromReport?: string;
  asOf?: string;
  yes?: boolean;
  json?: boolean;
  refineJar?: string;
  config: string;
};

/** Reads the plan's document in storage. */
async function readPlanDocument(
  configPath: string,
  ref: string,
): Promise<string> {
  const { storage } = await readOnlyStorage(configPath);
  return storage.readRefText(ref);
}

const PREFIX = "backfill/";

/** The workflow id of a backfill: people may leave out what it begins with. */
export function idOf(name: string): string {
  if (name.startsWith(PREFIX)) return scoped(name);
  return name.includes("/") ? name : scoped(PREFIX + name);
}

/** The checked input of a backfill. It needs no connection, so that a mistake is told at once. Its checks are loaded here, as most commands have none. */
async function inputOf(
  o: StartOptions,
  dryRun: boolean,
): Promise<BackfillInput> {
  const { backfillInput } = await import("../../domain/settings/inputs");
  return check(backfillInput, {
    since: o.since,
    until: o.until,
    dryRun,
    autoApprove: o.yes ?? false,
    ...(o.topics ? { topics: list(o.topics) } : {}),
    // Given and empty, as a shell's variable may be, is refused: it must not mean everything.
    ...(o.hours !== undefined ? { hours: list(o.hours) } : {}),
    ...(o.causes !== undefined ? { causes: list(o.causes) } : {}),
    ...(o.fromReport !== undefined ? { fromReport: o.fromReport } : {}),
    ...(o.asOf ? { asOf: o.asOf } : {}),
    ...(o.refineJar ? { refineJar: o.refineJar } : {}),
  });
}

/** Starts a backfill; by default it is named after its range. An input that only plans marks the name. */
async function start(client: Client, o: StartOptions, input: BackfillInput) {
  const { dryRun } = input;
  const needs = dryRun ? "audit" : "saga";
  await preflight(client, { needs, topics: input.topics });
  const workflowId = idOf(
    o.name ?? `${o.since}--${o.until}${dryRun ? "--plan" : ""}`,
  );
  return client.workflow.start("backfill", {
    workflowId,
    taskQueue: controlQueue(),
    args: [input],
    staticSummary: `${dryRun ? "Plans" : "Repairs"} ${o.since} to ${o.until}`,
  });
}

export function addCommands(command: Command): void {
  const startable = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .requiredOption("--since <hour>", "first hour, 2018-07-05T03")
      .requiredOption("--until <hour>", "hour after the last")
      .option("--name <name>", "the backfill's name (default: from its range)")
      .option("--topics <list>", "only these topics, comma-separated")
      .option(
        "--hours <list>",
        "only these hours and ranges, comma-separated: 2018-07-05T03,2018-07-05T06..2018-07-05T09",
      )
      .option(
        "--causes <list>",
        "only what has one of these causes, comma-separated: premature-deletion,outdated-job",
      )
      .option(
        "--from-report <saga>",
        "only what the report of an earlier saga (its name, or the report's path) names as not whole",
      )
      .option(
        "--as-of <time>",
        "judge as of this UTC time (default: SISYPHUS_AS_OF, else now)",
        process.env["SISYPHUS_AS_OF"],
      )
      .option(
        "--refine-jar <file>",
        "another Refine jar; its digest must be allowed",
      )
      .option(...configOption)
      .option("--json", "print JSON");
  startable("start", "start a backfill; it waits for the approval of its plan")
    .option("--yes", "approve whatever the plan says")
    .addHelpText(
      "after",
      "\nExample: sisyphus backfill start --name july --since 2018-06-25T04 --until 2018-07-05T02",
    )
    .action(async (options: StartOptions) => {
      const input = await inputOf(options, false);
      await withClient(async (client) => {
        const handle = await start(client, options, input);
        const link = webLink(handle.workflowId, handle.firstExecutionRunId);
        print(
          options.json
            ? {
                workflowId: handle.workflowId,
                runId: handle.firstExecutionRunId,
                link,
              }
            : `started ${handle.workflowId}${link ? `\n${link}` : ""}`,
        );
      });
    });
  startable("plan", "make a plan and change nothing").action(
    async (options: StartOptions) => {
      const input = await inputOf(options, true);
      await withClient(async (client) => {
        const handle = await start(client, options, input);
        const result = (await resultOf(
          handle,
          `sisyphus backfill status ${handle.workflowId}`,
        )) as BackfillResult;
        if (options.json) return print(result);
        if (!("plan" in result))
          return print(
            "leftOut" in result && result.leftOut
              ? `nothing to repair: ${result.leftOut} broken topic-hours were left out\n${await readPlanDocument(options.config, result.document!)}`
              : "nothing is broken in this range",
          );
        print(await readPlanDocument(options.config, result.plan.document!));
      });
    },
  );
  command
    .command("show-plan <name>")
    .description("the plan that a backfill has made, whole")
    .option(...configOption)
    .action((name: string, options: { config: string }) =>
      withClient(async (client) => {
        const { plan } = await client.workflow
          .getHandle(idOf(name))
          .query<BackfillProgress>("progress");
        print(
          plan?.document
            ? await readPlanDocument(options.config, plan.document)
            : "no plan has been made yet",
        );
      }),
    );
  command
    .command("status <name>")
    .description(
      "where a backfill stands; exit code 2 where a step has failed, or stalls as a service is down",
    )
    .option("--json")
    .action((name: string, options: { json?: boolean }) =>
      withClient(async (client) => {
        const id = idOf(name);
        const progress = await client.workflow
          .getHandle(id)
          .query<BackfillProgress>("progress");
        const activities = await heartbeats(client, id);
        if (options.json) print({ ...progress, activities });
        else printProgress(progress, activities);
        if (
          progress.steps.some(
            ({ state }) => state === "failed" || state === "stalled",
          )
        )
          process.exitCode = 2;
      }),
    );
  const send = (name: string, updateName: string, args: unknown[]) =>
    withClient(async (client) => {
      const answer = await client.workflow
        .getHandle(idOf(name))
        .executeUpdate(updateName, { args: args as [] });
      print(`${updateName}: ${typeof answer === "string" ? answer : "done"}`);
    });
  /** A command that sends an update; the first argument is the backfill's name, the second, if any, that of the update. */
  const update = (signature: string, description: string, updateName: string) =>
    command
      .command(
        `${signature.replace(" ", " <name> ")}${signature.includes(" ") ? "" : " <name>"}`,
      )
      .description(description)
      .action((name: string, argument: unknown) =>
        send(name, updateName, typeof argument === "string" ? [argument] : []),
      );
  update("approve <digest>", "approve the plan with this digest", "approve");
  update(
    "pause",
    "stop within seconds; a Refine that was submitted runs on",
    "pause",
  );
  update("resume", "go on", "resume");
  update(
    "skip-topic <topic>",
    "leave a topic out of the steps to come",
    "skipTopic",
  );
  update("retry-step", "try the failed or stalled step again", "retryStep");
  update("replan", "make the plan anew before it is approved", "replan");
  update(
    "kill-job <application>",
    "end a running Refine of somebody else, such as an outdated one",
    "killJob",
  );
  update(
    "adopt-config",
    "go by the configuration that the workers have now; see `sisyphus config check`",
    "adoptConfig",
  );
  command
    .command("abort <name> [reason]")
    .description("stop now and undo in reverse")
    .option(
      "--even-verified",
      "put the importer's positions back even where what was imported is refined and verified; it would be imported once more",
    )
    .action(
      (
        name: string,
        reason: string | undefined,
        options: { evenVerified?: boolean },
      ) => send(name, "abort", [reason, options.evenVerified ?? false]),
    );
}
