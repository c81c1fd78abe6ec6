import type { Command } from "commander";
import {
  incidentId,
  type IncidentState,
  topicOfIncident,
} from "../../domain/incidents/incident";
import { webLink, withClient } from "../client";
import { print, table } from "../output";
import { isListed, pipelineOfId, scoped } from "../pipeline";

/** What the ids of all incidents begin with. */
const INCIDENTS = incidentId("");

export function addCommands(command: Command): void {
  command
    .command("list")
    .description("open incidents")
    .option("--json")
    .action(listIncidents);
  command
    .command("show <topic>")
    .description("an incident's findings and story, as JSON")
    .action(showIncident);
  command
    .command("accept <topic>")
    .description("start the backfill that the incident proposes")
    .option("--name <name>", "the backfill's workflow id")
    .option("--yes", "approve whatever its plan says")
    .action(acceptRepair);
  command
    .command("ack <topic>")
    .description(
      "say that somebody looks after it: no more alerts, unless it gets worse by a level",
    )
    .option("--by <name>", "who", process.env["USER"] ?? "operator")
    .option("--note <text>", "what is being done")
    .action(acknowledge);
  command
    .command("close <topic>")
    .description(
      "close an incident that is pending or unknowable for good: its topic was deleted, say",
    )
    .option("--by <name>", "who", process.env["USER"] ?? "operator")
    .option("--note <text>", "why nothing more can be known")
    .action(close);
  command
    .command("snooze <topic> <hours>")
    .description("no alerts of it for some hours")
    .action(snooze);
}

/** An open incident, as `incident list --json` prints it. */
type Row = {
  /** Where pipelines have names. */
  pipeline?: string;
  topic: string;
  phase: unknown;
  verdicts: unknown;
  /** ISO-8601, UTC. */
  since: string;
  /** Absent where it is not known where the Web UI is. */
  link?: string;
};

const listIncidents = (options: { json?: boolean }) =>
  withClient(async (client) => {
    const rows: Row[] = [];
    for await (const workflow of client.workflow.list({
      query: "WorkflowType = 'topicIncident' AND ExecutionStatus = 'Running'",
    })) {
      const { workflowId, runId, searchAttributes, startTime } = workflow;
      if (!isListed(workflowId, INCIDENTS)) continue;
      const pipeline = pipelineOfId(workflowId, INCIDENTS);
      const link = webLink(workflowId, runId);
      rows.push({
        ...(pipeline === undefined ? {} : { pipeline }),
        topic: topicOfIncident(workflowId),
        phase: searchAttributes["Phase"]?.[0],
        verdicts: searchAttributes["Verdict"],
        since: startTime.toISOString(),
        ...(link ? { link } : {}),
      });
    }
    if (options.json) print(rows);
    else print(rows.length === 0 ? "no open incidents" : incidentTable(rows));
  });

const incidentTable = (rows: Row[]) => {
  const isNamed = rows.some(({ pipeline }) => pipeline !== undefined);
  return table(
    [
      ...(isNamed ? ["pipeline"] : []),
      ...["topic", "phase", "verdicts", "open since"],
    ],
    rows.map(({ pipeline, topic, phase, verdicts, since }) => [
      ...(isNamed ? [pipeline ?? ""] : []),
      topic,
      String(phase),
      String(verdicts),
      since,
    ]),
  );
};

const showIncident = (topic: string) =>
  withClient(async (client) =>
    print(
      await client.workflow
        .getHandle(scoped(incidentId(topic)))
        .query<IncidentState>("progress"),
    ),
  );

/** Sends an update to a topic's incident, and prints what is to be said of its answer. */
const update = <Answer>(
  topic: string,
  name: string,
  given: object,
  say: (answer: Answer) => string,
) =>
  withClient(async (client) => {
    const answer = await client.workflow
      .getHandle(scoped(incidentId(topic)))
      .executeUpdate<Answer, [object]>(name, { args: [given] });
    print(say(answer));
  });

const acceptRepair = (
  topic: string,
  { name, yes }: { name?: string; yes?: boolean },
) =>
  update(
    topic,
    "accept",
    { ...(name ? { name } : {}), autoApprove: yes ?? false },
    (backfillId: string) => `started ${backfillId}`,
  );

type Given = { by: string; note?: string };

const acknowledge = (topic: string, given: Given) =>
  update(topic, "acknowledge", given, () => `acknowledged by ${given.by}`);

const close = (topic: string, given: Given) =>
  update(topic, "close", given, () => `closed by ${given.by}`);

async function snooze(topic: string, text: string): Promise<void> {
  const hours = Number(text);
  if (!(hours > 0))
    throw new Error(`hours: given ${text}, allowed are more than 0`);
  await update(
    topic,
    "snooze",
    { hours },
    (until: string) => `snoozed until ${until}`,
  );
}
