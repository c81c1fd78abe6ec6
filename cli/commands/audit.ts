import { Command } from "commander";
import { auditInput, headroomInput } from "../../domain/settings/inputs";
import { hourOf } from "../../lib/hour";
import { addAuditReaders, storedAudit } from "./audit-show";
import { check, list, TASK_QUEUE, webLink, withClient } from "../client";
import { gridText, paint, print, table } from "../output";
import type {
  AuditSummary,
  HeadroomSummary,
} from "../../domain/audit/audit-report";

export const configOption = [
  "--config <file>",
  "sisyphus.yaml",
  process.env["SISYPHUS_CONFIG"] ?? "sisyphus.yaml",
] as const;

type RunOptions = {
  asOf?: string;
  since?: string;
  until?: string;
  topics?: string;
  json?: boolean;
  config: string;
};

export function auditCommand(): Command {
  const command = new Command("audit").description(
    "measure every topic-hour, judge it and name the cause",
  );
  command
    .command("run")
    .description("audit now; exit code 3 where a topic-hour is not whole")
    .option(
      "--as-of <time>",
      "judge as of this UTC time (default: SISYPHUS_AS_OF, else now)",
      process.env["SISYPHUS_AS_OF"],
    )
    .option("--since <hour>", "first hour, 2018-07-05T03")
    .option("--until <hour>", "hour after the last")
    .option("--topics <list>", "only these topics, comma-separated")
    .option(...configOption)
    .option("--json", "the summary as JSON")
    .addHelpText(
      "after",
      "\nExample: sisyphus audit run --since 2018-07-04T00 --until 2018-07-05T05",
    )
    .action(async (o: RunOptions) => {
      const input = check(auditInput, {
        ...(o.asOf ? { asOf: o.asOf } : {}),
        ...(o.since ? { since: o.since } : {}),
        ...(o.until ? { until: o.until } : {}),
        ...(o.topics ? { topics: list(o.topics) } : {}),
      });
      await withClient(async (client) => {
        const workflowId = `audit/${hourOf(input.asOf ? Date.parse(input.asOf) : Date.now())}`;
        const handle = await client.workflow.start("hourlyAudit", {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [input],
          workflowIdConflictPolicy: "USE_EXISTING",
          staticSummary: "Audit of every topic-hour",
        });
        const link = webLink(workflowId, handle.firstExecutionRunId);
        if (!o.json && link) print(paint("gray", link));
        const summary = (await handle.result()) as AuditSummary;
        if (o.json) print(summary);
        else {
          const { audits } = await storedAudit(o.config, workflowId);
          print(
            gridText(audits.filter((a) => Object.keys(a.cells).length > 0)),
          );
          print("");
          print(
            table(["verdict", "topic-hours"], Object.entries(summary.verdicts)),
          );
          print("");
          print(
            table(["cause", "topic-hours"], Object.entries(summary.causes)),
          );
        }
        if (summary.broken.length > 0) process.exitCode = 3;
      });
    });
  addAuditReaders(command, configOption);
  command
    .command("headroom")
    .description(
      "topics whose unread data is about to be deleted; exit code 3 where there are any",
    )
    .option(
      "--as-of <time>",
      "judge as of this UTC time (default: SISYPHUS_AS_OF, else now)",
      process.env["SISYPHUS_AS_OF"],
    )
    .option("--topics <list>", "only these topics, comma-separated")
    .option("--json", "print JSON")
    .action((o: RunOptions) =>
      withClient(async (client) => {
        const input = check(headroomInput, {
          ...(o.asOf ? { asOf: o.asOf } : {}),
          ...(o.topics ? { topics: list(o.topics) } : {}),
        });
        const summary = (await client.workflow.execute("headroomAudit", {
          workflowId: "headroom/by-hand",
          taskQueue: TASK_QUEUE,
          args: [input],
          workflowIdConflictPolicy: "USE_EXISTING",
        })) as HeadroomSummary;
        if (o.json) print(summary);
        else
          print(
            summary.low.length === 0
              ? `all ${summary.topics} topics have headroom`
              : table(
                  ["topic", "hours", "level", "why"],
                  summary.low.map((h) => [h.topic, h.hours, h.level, h.why]),
                ),
          );
        if (summary.low.length > 0) process.exitCode = 3;
      }),
    );
  return command;
}
