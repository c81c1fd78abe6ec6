import type { Command } from "commander";
import { readOnlyStorage } from "../storage";
import type {
  Count,
  HourEvidence,
  TopicEvidence,
} from "../../domain/audit/evidence";
import { explainInput } from "../../domain/settings/inputs";
import type { Judgement } from "../../domain/audit/judgement";
import { loadConfig } from "../../workers/config";
import { check, TASK_QUEUE, withClient } from "../client";
import { gridText, print, table } from "../output";
import type { AuditReport } from "../../domain/audit/audit-report";
import { latest, auditPlaces } from "../../clients/storage-layout";

type Options = { config: string; json?: boolean; asOf?: string };

/** The stored whole of an audit: of the newest one, or of the one with this workflow id. */
export async function storedAudit(
  configPath: string,
  workflowId?: string,
): Promise<AuditReport> {
  const config = loadConfig(configPath);
  const storage = readOnlyStorage(config);
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

const count = (c: Count) =>
  c.known ? String(c.count) : `unknowable: ${c.why}`;
const time = (ms: number | string | undefined) =>
  typeof ms === "number" ? new Date(ms).toISOString() : (ms ?? "absent");

/** Each stage's evidence as rows. */
function stages(t: TopicEvidence, e: HourEvidence): [string, string][] {
  const raw = e.raw;
  const refined = e.refined;
  return [
    ["produced (Kafka, by time)", count(e.produced)],
    ["archived (all-events.log)", count(e.archived)],
    [
      "imported (raw files)",
      e.unread?.raw ??
        (raw
          ? `${raw.count} records in ${raw.files} files, ${time(raw.mtime)}`
          : "no directory"),
    ],
    ...(raw?.problems ?? []).map((p): [string, string] => ["", p]),
    [
      "refined",
      e.unread?.refined ??
        (refined
          ? `${count(refined.rows)} rows, ${refined.geocoded ? "" : "not "}geocoded`
          : "no partition"),
    ],
    ...(refined
      ? ([
          ["done flag", time(refined.doneFlag)],
          ["failure flag", time(refined.failureFlag)],
        ] as [string, string][])
      : []),
    [
      "queryable (metastore)",
      e.unread?.queryable ?? (e.queryable ? "yes" : "no"),
    ],
    ...(e.lostLocation === undefined
      ? []
      : ([["its location", `${e.lostLocation} does not exist`]] as [
          string,
          string,
        ][])),
    ...(e.canaries
      ? ([["canaries", String(e.canaries)]] as [string, string][])
      : []),
    ...t.partitions.map((p): [string, string] => [
      `partition ${p.partition}`,
      `Kafka ${p.logStart} to ${p.logEnd}, importer at ${p.stored ?? "nothing"}`,
    ]),
    ["importer's newest run", time(t.lastRun)],
    ...(t.skippedSince === undefined
      ? []
      : ([["skipped since", time(t.skippedSince)]] as [string, string][])),
    ...t.drift.map((d): [string, string] => [
      "config drift",
      `${d.name} is ${d.actual}, expected ${d.expected}`,
    ]),
  ];
}

/** `show`, `grid`, `topic` and `explain`: reading what audits found. */
export function addAuditReaders(
  command: Command,
  configOption: readonly [string, string, string],
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
  ).action(async (id: string | undefined, o: Options) => {
    const r = await storedAudit(o.config, id);
    if (o.json) return print(r);
    const findings = r.audits.flatMap((a) => a.findings);
    print(
      `${r.workflowId}, as of ${r.asOf}: ${findings.length} topic-hours of ${r.audits.length} topics are not whole; ${r.seconds.toFixed(1)} s`,
    );
    for (const outage of r.outages) print(`did not answer: ${outage.message}`);
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
  });
  reader(
    "grid [audit]",
    "an audit's topics × hours (default: the newest)",
  ).action(async (id: string | undefined, o: Options) => {
    const { audits } = await storedAudit(o.config, id);
    const grid = audits.filter((a) => Object.keys(a.cells).length > 0);
    print(
      o.json
        ? grid.map(({ topic, cells }) => ({ topic, cells }))
        : gridText(grid),
    );
  });
  reader("topic <topic>", "what the newest audit says of one topic").action(
    async (topic: string, o: Options) => {
      const report = await storedAudit(o.config);
      const audit = report.audits.find((a) => a.topic === topic);
      if (!audit) throw new Error(`${topic} is not in ${report.workflowId}`);
      if (o.json) return print(audit);
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
    },
  );
  reader(
    "explain <topic> <hour>",
    "each stage's evidence of one topic-hour, measured now, and why its verdict follows",
  )
    .option(
      "--as-of <time>",
      "judge as of this UTC time (default: SISYPHUS_AS_OF, else now)",
      process.env["SISYPHUS_AS_OF"],
    )
    .action((topic: string, hour: string, o: Options) =>
      withClient(async (client) => {
        const input = check(explainInput, {
          topic,
          hour,
          ...(o.asOf ? { asOf: o.asOf } : {}),
        });
        const found = (await client.workflow.execute("explainHour", {
          workflowId: `explain/${topic}/${hour}`,
          taskQueue: TASK_QUEUE,
          args: [input],
          workflowIdConflictPolicy: "USE_EXISTING",
        })) as {
          topic: TopicEvidence;
          evidence: HourEvidence;
          judgement: Judgement;
        };
        if (o.json) return print(found);
        const j = found.judgement;
        print(
          table(["stage", "evidence"], stages(found.topic, found.evidence)),
        );
        print("");
        print(`${j.verdict}${j.cause ? `, ${j.cause}` : ""}: ${j.why}`);
      }),
    );
}
