import type { Client } from "@temporalio/client";
import { Command } from "commander";
import { backfillInput } from "../../domain/settings/inputs";
import { readOnlyStorage } from "../storage";
import { loadConfig } from "../../workers/config";
import { configOption } from "./audit";
import { check, list, TASK_QUEUE, webLink, withClient } from "../client";
import { paint, print, table } from "../output";
import type { BackfillResult } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

type StartOptions = {
  name?: string;
  since: string;
  until: string;
  topics?: string;
  asOf?: string;
  yes?: boolean;
  json?: boolean;
  refineJar?: string;
  config: string;
};

/** The plan's document, from HDFS. */
async function planText(configPath: string, ref: string): Promise<string> {
  return readOnlyStorage(loadConfig(configPath)).readRefText(ref);
}

export const idOf = (name: string) =>
  name.includes("/") ? name : `backfill/${name}`;

async function start(client: Client, o: StartOptions, dryRun: boolean) {
  const input = check(backfillInput, {
    since: o.since,
    until: o.until,
    dryRun,
    autoApprove: o.yes ?? false,
    ...(o.topics ? { topics: list(o.topics) } : {}),
    ...(o.asOf ? { asOf: o.asOf } : {}),
    ...(o.refineJar ? { refineJar: o.refineJar } : {}),
  });
  const workflowId = idOf(
    o.name ?? `${o.since}--${o.until}${dryRun ? "--plan" : ""}`,
  );
  return client.workflow.start("backfill", {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input],
    staticSummary: `${dryRun ? "Plans" : "Repairs"} ${o.since} to ${o.until}`,
  });
}

function showProgress(
  p: BackfillProgress,
  beats: Record<string, unknown>,
): void {
  if (p.plan) {
    print(
      `${p.plan.topicHours} topic-hours of ${p.plan.topics.length} topics, ${p.plan.lostOffsets} offsets deleted unread, about ${p.plan.missing} events missing`,
    );
    print(`plan digest ${p.plan.digest}`);
    for (const j of p.phase === "approve" ? (p.plan.running ?? []) : [])
      print(
        paint(
          "yellow",
          `runs now: ${j.name} (${j.id}), user ${j.user}${j.outdated ? `: ${j.outdated}` : ""}`,
        ),
      );
  }
  const sign = {
    waiting: " ",
    running: ">",
    done: "+",
    failed: "!",
    skipped: "-",
  };
  print(
    table(
      ["", "step", "state", "detail"],
      p.steps.map((s) => [sign[s.state], s.name, s.state, s.detail ?? ""]),
    ),
  );
  if (p.paused) print(paint("yellow", "paused: sisyphus backfill resume NAME"));
  if (p.skipped.length > 0) print(`skipped: ${p.skipped.join(", ")}`);
  for (const undone of p.undone ?? []) print(`undone: ${undone}`);
  for (const left of p.remains ?? [])
    print(paint("yellow", `not undone: ${left}`));
  for (const [activity, beat] of Object.entries(beats))
    print(paint("gray", `${activity}: ${JSON.stringify(beat)}`));
}

type Beat = {
  progress?: unknown;
  attempt?: number | null;
  lastFailure?: string;
};

/** What shards tell side by side, as one: numbers are added. */
function together(a: Beat | undefined, b: Beat): Beat {
  if (!a) return b;
  const [p, q] = [a.progress, b.progress] as Record<string, unknown>[];
  if (typeof p !== "object" || typeof q !== "object") return { ...a, ...b };
  const progress: Record<string, unknown> = { ...p, ...q };
  for (const [key, value] of Object.entries(q ?? {}))
    if (typeof value === "number" && typeof p?.[key] === "number")
      progress[key] = p[key] + value;
  return { ...a, ...b, progress };
}

/** What running activities last told of themselves, those of shards included. */
export async function heartbeats(
  client: Client,
  id: string,
): Promise<Record<string, Beat>> {
  const { raw } = await client.workflow.getHandle(id).describe();
  const beats: Record<string, Beat> = {};
  for (const a of raw.pendingActivities ?? []) {
    const data = a.heartbeatDetails?.payloads?.[0]?.data;
    // A bare heartbeat carries an empty payload.
    const progress =
      data && data.length > 0
        ? (JSON.parse(Buffer.from(data).toString("utf8")) as unknown)
        : undefined;
    const failure = a.lastFailure?.cause?.message ?? a.lastFailure?.message;
    beats[a.activityType?.name ?? "?"] = {
      ...(progress === undefined ? {} : { progress }),
      ...(a.attempt == null ? {} : { attempt: a.attempt }),
      ...(failure ? { lastFailure: failure } : {}),
    };
  }
  for (const child of raw.pendingChildren ?? []) {
    // It may have ended meanwhile.
    const told = await heartbeats(client, child.workflowId!).catch(() => ({}));
    for (const [name, beat] of Object.entries<Beat>(told))
      beats[name] = together(beats[name], beat);
  }
  return beats;
}

export function backfillCommand(): Command {
  const command = new Command("backfill").description(
    "plan, run and steer repairs",
  );
  const startable = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .requiredOption("--since <hour>", "first hour, 2018-07-05T03")
      .requiredOption("--until <hour>", "hour after the last")
      .option("--name <name>", "the backfill's name (default: from its range)")
      .option("--topics <list>", "only these topics, comma-separated")
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
    .action((o: StartOptions) =>
      withClient(async (client) => {
        const handle = await start(client, o, false);
        const link = webLink(handle.workflowId, handle.firstExecutionRunId);
        print(
          o.json
            ? {
                workflowId: handle.workflowId,
                runId: handle.firstExecutionRunId,
                link,
              }
            : `started ${handle.workflowId}${link ? `\n${link}` : ""}`,
        );
      }),
    );
  startable("plan", "make a plan and change nothing").action(
    (o: StartOptions) =>
      withClient(async (client) => {
        const result = (await (
          await start(client, o, true)
        ).result()) as BackfillResult;
        if (o.json) return print(result);
        if (!("plan" in result))
          return print("nothing is broken in this range");
        print(await planText(o.config, result.plan.document!));
      }),
  );
  command
    .command("show-plan <name>")
    .description("the plan that a backfill has made, whole")
    .option(...configOption)
    .action((name: string, o: { config: string }) =>
      withClient(async (client) => {
        const { plan } = await client.workflow
          .getHandle(idOf(name))
          .query<BackfillProgress>("progress");
        print(
          plan?.document
            ? await planText(o.config, plan.document)
            : "no plan has been made yet",
        );
      }),
    );
  command
    .command("status <name>")
    .description("where a backfill stands; exit code 2 where a step has failed")
    .option("--json")
    .action((name: string, o: { json?: boolean }) =>
      withClient(async (client) => {
        const id = idOf(name);
        const progress = await client.workflow
          .getHandle(id)
          .query<BackfillProgress>("progress");
        const beats = await heartbeats(client, id);
        if (o.json) print({ ...progress, activities: beats });
        else showProgress(progress, beats);
        if (progress.steps.some((s) => s.state === "failed"))
          process.exitCode = 2;
      }),
    );
  const update = (signature: string, description: string, updateName: string) =>
    command
      .command(
        `${signature.replace(" ", " <name> ")}${signature.includes(" ") ? "" : " <name>"}`,
      )
      .description(description)
      .action((name: string, argument: unknown) =>
        withClient(async (client) => {
          const told = await client.workflow
            .getHandle(idOf(name))
            .executeUpdate(updateName, {
              args: (typeof argument === "string" ? [argument] : []) as [],
            });
          print(`${updateName}: ${typeof told === "string" ? told : "done"}`);
        }),
      );
  update("approve <digest>", "approve the plan with this digest", "approve");
  update(
    "pause",
    "stop within seconds; an application that was submitted runs on",
    "pause",
  );
  update("resume", "go on", "resume");
  update(
    "skip-topic <topic>",
    "leave a topic out of the steps to come",
    "skipTopic",
  );
  update("retry-step", "try the failed step again", "retryStep");
  update("replan", "make the plan anew before it is approved", "replan");
  update(
    "kill-job <application>",
    "end a running Refine of somebody else, such as an outdated one",
    "killJob",
  );
  update("abort [reason]", "stop now and undo in reverse", "abort");
  return command;
}
