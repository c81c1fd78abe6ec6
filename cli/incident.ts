import { Command } from "commander";
import type { IncidentState } from "../workflows/topic-incident";
import { webLink, withClient } from "./client";
import { print, table } from "./output";

export function incidentCommand(): Command {
  const command = new Command("incident").description(
    "broken topics and what was done about them",
  );
  command
    .command("list")
    .description("open incidents")
    .option("--json")
    .action((o: { json?: boolean }) =>
      withClient(async (client) => {
        const rows: {
          topic: string;
          phase: unknown;
          verdicts: unknown;
          since: string;
          link?: string;
        }[] = [];
        for await (const w of client.workflow.list({
          query:
            "WorkflowType = 'topicIncident' AND ExecutionStatus = 'Running'",
        })) {
          const a = w.searchAttributes;
          const link = webLink(w.workflowId, w.runId);
          rows.push({
            topic: w.workflowId.replace(/^incident\//, ""),
            phase: a["Phase"]?.[0],
            verdicts: a["Verdict"],
            since: w.startTime.toISOString(),
            ...(link ? { link } : {}),
          });
        }
        if (o.json) print(rows);
        else
          print(
            rows.length === 0
              ? "no open incidents"
              : table(
                  ["topic", "phase", "verdicts", "open since"],
                  rows.map((r) => [
                    r.topic,
                    String(r.phase),
                    String(r.verdicts),
                    r.since,
                  ]),
                ),
          );
      }),
    );
  command
    .command("show <topic>")
    .description("an incident's findings and story, as JSON")
    .action((topic: string) =>
      withClient(async (client) =>
        print(
          await client.workflow
            .getHandle(`incident/${topic}`)
            .query<IncidentState>("progress"),
        ),
      ),
    );
  command
    .command("accept <topic>")
    .description("start the backfill that the incident proposes")
    .option("--name <name>", "the backfill's workflow id")
    .option("--yes", "approve whatever its plan says")
    .action((topic: string, o: { name?: string; yes?: boolean }) =>
      withClient(async (client) => {
        const options = {
          ...(o.name ? { name: o.name } : {}),
          autoApprove: o.yes ?? false,
        };
        print(
          `started ${await client.workflow.getHandle(`incident/${topic}`).executeUpdate<string, [typeof options]>("accept", { args: [options] })}`,
        );
      }),
    );
  return command;
}
