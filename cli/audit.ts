import { Command } from "commander";
import { auditInput } from "../domain/inputs";
import type { AuditSummary } from "../workflows/hourly-audit";
import { Hdfs } from "../activities/hdfs";
import type { TopicAudit } from "../activities/audit";
import { hourOf } from "../domain/hour";
import { loadConfig } from "../workers/config";
import { check, list, TASK_QUEUE, webLink, withClient } from "./client";
import { gridText, paint, print, table } from "./output";

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

/** The stored whole of an audit. */
export async function readAudit(
  configPath: string,
  ref: string,
): Promise<{ audits: TopicAudit[] }> {
  const config = loadConfig(configPath);
  const text = await new Hdfs({ ...config.hdfs, allowedPrefixes: [] }).readText(
    ref,
  );
  if (text === undefined)
    throw new Error(`${ref} is not on HDFS at ${config.hdfs.webhdfs}`);
  return JSON.parse(text) as { audits: TopicAudit[] };
}

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
          const { audits } = await readAudit(o.config, summary.report);
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
  return command;
}
