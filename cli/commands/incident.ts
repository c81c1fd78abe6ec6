import { Command } from "commander";
import type { IncidentState } from "../../domain/incidents/incident";
import { webLink, withClient } from "../client";
import { print, table } from "../output";

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
  command
    .command("ack <topic>")
    .description(
      "say that somebody looks after it: no more alerts, unless it gets worse by a level",
    )
    .option("--by <name>", "who", process.env["USER"] ?? "operator")
    .option("--note <text>", "what is being done")
    .action((topic: string, o: { by: string; note?: string }) =>
      withClient(async (client) => {
        await client.workflow
          .getHandle(`incident/${topic}`)
          .executeUpdate("acknowledge", { args: [o] });
        print(`acknowledged by ${o.by}`);
      }),
    );
  command
    .command("snooze <topic> <hours>")
    .description("no alerts of it for some hours")
    .action((topic: string, hours: string) =>
      withClient(async (client) => {
        const until = await client.workflow
          .getHandle(`incident/${topic}`)
          .executeUpdate<string, [{ hours: number }]>("snooze", {
            args: [{ hours: Number(hours) }],
          });
        print(`snoozed until ${until}`);
      }),
    );
  return command;
}
