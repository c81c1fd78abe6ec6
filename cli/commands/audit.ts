import type { Command } from "commander";
import { hourOf } from "../../lib/hour";
import {
  auditProgressNow,
  runningAudits,
  tellingProgress,
} from "../audit-progress";
import { addAuditReaders, storedAudit } from "./audit-show";
import { check, list, webLink, withClient } from "../client";
import { controlQueue, scoped } from "../pipeline";
import { gridText, paint, print, table } from "../output";
import { configOption } from "../config-option";
import { preflight } from "../preflight";
import { resultOf } from "../result-of";
import type {
  AuditSummary,
  HeadroomSummary,
  TopicAudit,
} from "../../domain/audit/audit-report";

const asOfOption = [
  "--as-of <time>",
  "judge as of this UTC time (default: SISYPHUS_AS_OF, else now)",
  process.env["SISYPHUS_AS_OF"],
] as const;

type RunOptions = {
  asOf?: string;
  since?: string;
  until?: string;
  topics?: string;
  json?: boolean;
  config: string;
};
type HeadroomOptions = Pick<RunOptions, "asOf" | "topics" | "json">;

/** `sisyphus audit`: measuring now, and reading what audits found. */
export function addCommands(command: Command): void {
  command
    .command("run")
    .description("audit now; exit code 3 where a topic-hour is not whole")
    .option(...asOfOption)
    .option("--since <hour>", "first hour, 2018-07-05T03")
    .option("--until <hour>", "hour after the last")
    .option("--topics <list>", "only these topics, comma-separated")
    .option(...configOption)
    .option("--json", "the summary as JSON")
    .addHelpText(
      "after",
      "\nExample: sisyphus audit run --since 2018-07-04T00 --until 2018-07-05T05",
    )
    .action(runAudit);
  command
    .command("status")
    .description("audits that run now, and how far they are")
    .action(showRunning);
  addAuditReaders(command, configOption, asOfOption);
  command
    .command("headroom")
    .description(
      "topics whose unread data is about to be deleted; exit code 3 where there are any",
    )
    .option(...asOfOption)
    .option("--topics <list>", "only these topics, comma-separated")
    .option("--json", "print JSON")
    .action(runHeadroomAudit);
}

async function runAudit(options: RunOptions): Promise<void> {
  const { asOf, since, until, topics, json, config } = options;
  const { auditInput } = await import("../../domain/settings/inputs");
  const input = check(auditInput, {
    ...(asOf ? { asOf } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(topics ? { topics: list(topics) } : {}),
  });
  const judgedAt = input.asOf ? Date.parse(input.asOf) : Date.now();
  const workflowId = scoped(`audit/${hourOf(judgedAt)}`);
  await withClient(async (client) => {
    await preflight(client, { needs: "audit", topics: input.topics });
    const handle = await client.workflow.start("hourlyAudit", {
      workflowId,
      taskQueue: controlQueue(),
      args: [input],
      workflowIdConflictPolicy: "USE_EXISTING",
      staticSummary: "Audit of every topic-hour",
    });
    const link = webLink(workflowId, handle.firstExecutionRunId);
    if (!json && link) print(paint("gray", link));
    const end = resultOf(handle, "sisyphus audit status");
    // Beside the output, which scripts read.
    const summary = (await (json
      ? end
      : tellingProgress(
          () => auditProgressNow(client, workflowId),
          (line) => console.error(paint("gray", line)),
          end,
        ))) as AuditSummary;
    if (json) print(summary);
    else printSummary(summary, (await storedAudit(config, workflowId)).audits);
    if (summary.broken.length > 0) process.exitCode = 3;
  });
}

async function showRunning(): Promise<void> {
  await withClient(async (client) => {
    const ids = await runningAudits(client);
    if (ids.length === 0) print("no audit runs");
    for (const id of ids) {
      // One that cannot be asked, as no worker serves it, hides no other.
      const told = await auditProgressNow(client, id).catch(
        (error: Error) => `it cannot be asked: ${error.message}`,
      );
      print(`${id}: ${told}`);
    }
  });
}

/** The grid, and how often each verdict and each cause occurs. */
function printSummary(summary: AuditSummary, audits: TopicAudit[]): void {
  print(gridText(audits.filter(({ cells }) => Object.keys(cells).length > 0)));
  print("");
  print(table(["verdict", "topic-hours"], Object.entries(summary.verdicts)));
  print("");
  print(table(["cause", "topic-hours"], Object.entries(summary.causes)));
  for (const problem of summary.problems) print(paint("yellow", problem));
}

async function runHeadroomAudit(options: HeadroomOptions): Promise<void> {
  const { asOf, topics, json } = options;
  const { headroomInput } = await import("../../domain/settings/inputs");
  const input = check(headroomInput, {
    ...(asOf ? { asOf } : {}),
    ...(topics ? { topics: list(topics) } : {}),
  });
  await withClient(async (client) => {
    await preflight(client, { needs: "control", topics: input.topics });
    const handle = await client.workflow.start("headroomAudit", {
      workflowId: scoped("headroom/by-hand"),
      taskQueue: controlQueue(),
      args: [input],
      workflowIdConflictPolicy: "USE_EXISTING",
    });
    const summary = (await resultOf(
      handle,
      "sisyphus audit headroom",
    )) as HeadroomSummary;
    print(json ? summary : headroomText(summary));
    if (summary.low.length > 0) process.exitCode = 3;
  });
}

const headroomText = ({ topics, low }: HeadroomSummary): string =>
  low.length === 0
    ? `all ${topics} topics have headroom`
    : table(
        ["topic", "hours", "level", "why"],
        low.map((h) => [h.topic, h.hours, h.level, h.why]),
      );
