import type { Client } from "@temporalio/client";
import { storedAudit } from "../../cli/commands/audit-show";
import { webLink } from "../../cli/client";
import { gridText } from "../../cli/output";
import type {
  AuditSummary,
  HeadroomSummary,
} from "../../domain/audit/audit-report";
import { topicHourKey } from "../../lib/keys";
import { STORY } from "../incident/story";
import { expectedBroken } from "../incident/truth";
import { CONFIG_FILE } from "../platform/config";
import { say } from "./print";

/** Audits every topic-hour and prints the grid. */
export async function runAudit(
  client: Client,
  workflowId: string,
): Promise<AuditSummary> {
  const handle = await client.workflow.start("hourlyAudit", {
    workflowId,
    taskQueue: "control",
    args: [{ asOf: STORY.noticed }],
    staticSummary: "Audit of every topic-hour",
  });
  say(`audit ${webLink(workflowId, handle.firstExecutionRunId)}`);
  const summary = (await handle.result()) as AuditSummary;
  const { audits } = await storedAudit(CONFIG_FILE, workflowId);
  console.log(
    `\n${gridText(audits.filter((a) => Object.keys(a.cells).length > 0))}\n`,
  );
  return summary;
}

/** The topics that are about to lose data. */
export async function lowHeadroom(
  client: Client,
  asOf: string,
): Promise<HeadroomSummary["low"]> {
  const { low } = (await client.workflow.execute("headroomAudit", {
    workflowId: `headroom/${asOf}`,
    taskQueue: "control",
    args: [{ asOf }],
    staticSummary: "Which topics are about to lose data",
  })) as HeadroomSummary;
  return low;
}

/**
 * Compares the newest audit with what was broken on purpose, and prints both.
 * @returns whether it names every broken topic-hour and no healthy one
 */
export async function namesWhatIsBroken(
  summary: AuditSummary,
): Promise<boolean> {
  const { audits } = await storedAudit(CONFIG_FILE);
  const named = new Set(
    audits.flatMap((a) => a.findings.map((f) => topicHourKey(f.topic, f.hour))),
  );
  const truth = expectedBroken();
  const overlooked = [...truth].filter((t) => !named.has(t));
  const falsely = [...named].filter((n) => !truth.has(n));
  say(
    `${truth.size} topic-hours are broken; the audit names ${named.size}, overlooks ${overlooked.length}, names ${falsely.length} healthy ones`,
  );
  for (const t of [...overlooked, ...falsely].slice(0, 10)) say(`  ${t}`);
  say(
    `causes: ${Object.entries(summary.causes)
      .map(([cause, n]) => `${cause} ${n}`)
      .join(", ")}`,
  );
  return overlooked.length === 0 && falsely.length === 0;
}
