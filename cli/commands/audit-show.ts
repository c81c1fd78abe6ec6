import type { Command } from "commander";
import { readOnlyStorage } from "../storage";
import type {
  Count,
  HourEvidence,
  TopicEvidence,
} from "../../domain/audit/evidence";
import type { Judgement } from "../../domain/audit/judgement";
import { check, withClient } from "../client";
import { controlQueue, scoped, wholeId } from "../pipeline";
import { gridText, print, table } from "../output";
import { preflight } from "../preflight";
import { showInstant } from "../time";
import type { AuditReport } from "../../domain/audit/audit-report";
import { latest, auditPlaces } from "../../clients/storage-layout";

type Options = { config: string; json?: boolean };
type ExplainOptions = { json?: boolean; asOf?: string };

/** What the workflow `explainHour` returns. */
type Explained = {
  topic: TopicEvidence;
  evidence: HourEvidence;
  judgement: Judgement;
};

/**
 * The stored whole of an audit: of the newest one, or of the one with this workflow id.
 * @throws Error where it is not in storage
 */
export async function storedAudit(
  configPath: string,
  workflowId?: string,
): Promise<AuditReport> {
  const { config, storage } = await readOnlyStorage(configPath);
  const place = workflowId ? auditPlaces(workflowId).report : latest.audit;
  const newest = workflowId ? undefined : await storage.read(latest.audit);
  const report = workflowId
    ? await storage.read(auditPlaces(workflowId).report)
    : newest && (await storage.readRef<AuditReport>(newest.ref));
  if (!report)
    throw new Error(
      `${storage.path(place)} is not on HDFS at ${config.hdfs.webhdfs}; has an audit run?`,
    );
  return report;
}

/** `show`, `grid`, `topic` and `explain`: reading what audits found. */
export function addAuditReaders(
  command: Command,
  configOption: readonly [string, string, string],
  asOfOption: readonly [string, string, string | undefined],
): void {
  const reader = (signature: string, description: string) =>
    command
      .command(signature)
      .description(description)
      .option(...configOption)
      .option("--json", "print JSON");
  reader(
    "show [audit]",
    "an audit's numbers and findings (default: the newest)",
  ).action(showAudit);
  reader(
    "grid [audit]",
    "an audit's topics × hours (default: the newest)",
  ).action(showGrid);
  reader("topic <topic>", "what the newest audit says of one topic").action(
    showTopic,
  );
  reader(
    "explain <topic> <hour>",
    "each stage's evidence of one topic-hour, measured now, and why its verdict follows",
  )
    .option(...asOfOption)
    .action(explain);
}

async function showAudit(
  id: string | undefined,
  { config, json }: Options,
): Promise<void> {
  const report = await storedAudit(config, id && wholeId(id));
  if (json) return print(report);
  const findings = report.audits.flatMap((audit) => audit.findings);
  print(
    `${report.workflowId}, as of ${report.asOf}: ${findings.length} topic-hours of ${report.audits.length} topics are not whole; ${report.seconds.toFixed(1)} s`,
  );
  for (const outage of report.outages)
    print(`did not answer: ${outage.message}`);
  print(
    table(
      ["topic", "hour", "verdict", "cause", "level", "missing", "why"],
      findings.map((f) => [
        f.topic,
        f.hour,
        f.verdict,
        f.cause ?? "",
        f.level ?? "",
        f.missing,
        f.why,
      ]),
    ),
  );
}

async function showGrid(
  id: string | undefined,
  { config, json }: Options,
): Promise<void> {
  const { audits } = await storedAudit(config, id && wholeId(id));
  const grid = audits
    .filter(({ cells }) => Object.keys(cells).length > 0)
    .map(({ topic, cells }) => ({ topic, cells }));
  print(json ? grid : gridText(grid));
}

async function showTopic(
  topic: string,
  { config, json }: Options,
): Promise<void> {
  const report = await storedAudit(config);
  const audit = report.audits.find((a) => a.topic === topic);
  if (!audit) throw new Error(`${topic} is not in ${report.workflowId}`);
  if (json) return print(audit);
  print(gridText([audit]));
  print(
    table(
      ["hour", "verdict", "cause", "missing", "why"],
      audit.findings.map((f) => [
        f.hour,
        f.verdict,
        f.cause ?? "",
        f.missing,
        f.why,
      ]),
    ),
  );
}

async function explain(
  topic: string,
  hour: string,
  { asOf, json }: ExplainOptions,
): Promise<void> {
  const { explainInput } = await import("../../domain/settings/inputs");
  const input = check(explainInput, {
    topic,
    hour,
    ...(asOf ? { asOf } : {}),
  });
  await withClient(async (client) => {
    await preflight(client, { needs: "audit", topics: [topic] });
    const found = (await client.workflow.execute("explainHour", {
      workflowId: scoped(`explain/${topic}/${hour}`),
      taskQueue: controlQueue(),
      args: [input],
      workflowIdConflictPolicy: "USE_EXISTING",
    })) as Explained;
    if (json) return print(found);
    const { verdict, cause, why } = found.judgement;
    print(table(["stage", "evidence"], evidenceRows(found)));
    print("");
    print(`${verdict}${cause ? `, ${cause}` : ""}: ${why}`);
  });
}

/** Each stage's evidence as rows: its name, and what it says. */
const evidenceRows = ({ topic, evidence }: Explained): [string, string][] => [
  ["produced (Kafka, by time)", countText(evidence.produced)],
  ["archived (all-events.log)", countText(evidence.archived)],
  ...rawRows(evidence),
  ...(topic.unrefined
    ? []
    : [...refinedRows(evidence), ...queryableRows(evidence)]),
  ...canaryRows(evidence),
  ...topicRows(topic),
];

function rawRows({ raw, unread }: HourEvidence): [string, string][] {
  const found = raw
    ? `${raw.count} records in ${raw.files} files, ${timeText(raw.mtime)}`
    : "no directory";
  return [
    ["imported (raw files)", unread?.raw ?? found],
    ...(raw?.problems ?? []).map((problem): [string, string] => ["", problem]),
  ];
}

function refinedRows({ refined, unread }: HourEvidence): [string, string][] {
  if (!refined) return [["refined", unread?.refined ?? "no partition"]];
  const found = `${countText(refined.rows)} rows, ${refined.geocoded ? "" : "not "}geocoded`;
  return [
    ["refined", unread?.refined ?? found],
    ["done flag", timeText(refined.doneFlag)],
    ["failure flag", timeText(refined.failureFlag)],
  ];
}

function queryableRows({
  queryable,
  lostLocation,
  elsewhere,
  refinedAt,
  unread,
}: HourEvidence): [string, string][] {
  const rows: [string, string][] = [
    ["queryable (metastore)", unread?.queryable ?? (queryable ? "yes" : "no")],
  ];
  if (lostLocation !== undefined)
    rows.push(["its location", `${lostLocation} does not exist`]);
  if (elsewhere !== undefined) rows.push(["its location", elsewhere]);
  if (refinedAt !== undefined) rows.push(["its location", refinedAt]);
  return rows;
}

const canaryRows = ({ canaries }: HourEvidence): [string, string][] =>
  canaries ? [["canaries", String(canaries)]] : [];

function topicRows({
  partitions,
  lastRun,
  skippedSince,
  drift,
}: TopicEvidence): [string, string][] {
  return [
    ...partitions.map((p): [string, string] => [
      `partition ${p.partition}`,
      `Kafka ${p.logStart} to ${p.logEnd}, importer at ${p.stored ?? "nothing"}`,
    ]),
    ["importer's newest run", timeText(lastRun)],
    ...(skippedSince === undefined
      ? []
      : [["skipped since", timeText(skippedSince)] as [string, string]]),
    ...drift.map((d): [string, string] => [
      "config drift",
      `${d.name} is ${d.actual}, expected ${d.expected}`,
    ]),
  ];
}

const countText = (count: Count): string =>
  count.known ? String(count.count) : `unknowable: ${count.why}`;

/** An instant (epoch ms), or why it cannot be read. */
const timeText = (at: number | string | undefined): string =>
  typeof at === "number" ? showInstant(at) : (at ?? "absent");
