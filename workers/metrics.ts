import { Counter, Gauge, Registry } from "prom-client";
import { auditedTopics } from "../clients/audited-hours";
import type { Storage } from "../clients/storage";
import { latest } from "../clients/storage-layout";
import type { AuditReport, TopicAudit } from "../domain/audit/audit-report";
import {
  type HourRules,
  type Watermark,
  watermarksOf,
} from "../domain/audit/usable-hours";
import { HOUR_MS, hourStart } from "../lib/hour";

type Reader = Pick<Storage, "read" | "readRef">;

/** What is measured of one pipeline. */
type Measured = {
  /** The label `pipeline`, where pipelines have names. */
  name?: string;
  storage: Reader;
  /** By which watermarks are told; without them there are none. */
  rules?: HourRules;
};

/**
 * The newest audit, headroom, canaries and undeliverable alerts as Prometheus metrics (text format 0.0.4).
 * They come from storage, so every worker serves the same.
 */
export async function metricsText(pipelines: Measured[]): Promise<string> {
  const registry = new Registry();
  const common = pipelines.some(({ name }) => name !== undefined)
    ? ["pipeline"]
    : [];
  const audits = auditMetrics(registry, common);
  const others = otherMetrics(registry, common);
  for (const { name, ...measured } of pipelines) {
    const label: Labels = name === undefined ? {} : { pipeline: name };
    await measure(measured, audits(label), others(label));
  }
  return registry.metrics();
}

async function measure(
  { storage, rules }: Omit<Measured, "name">,
  audits: ReturnType<ReturnType<typeof auditMetrics>>,
  others: ReturnType<ReturnType<typeof otherMetrics>>,
): Promise<void> {
  const audit = await storage.read(latest.audit);
  const report = audit && (await storage.readRef<AuditReport>(audit.ref));
  if (report) audits.set(report);
  if (report && rules) {
    // Without the list no table is known to be whole; the other metrics are told all the same.
    const topics = await auditedTopics(storage).catch(() => undefined);
    for (const told of topics ? watermarksOf({ report, topics }, rules) : [])
      audits.setWatermark(told);
  }
  for (const { topic, hours } of (await storage.read(latest.headroom)) ?? [])
    others.setHeadroom({ topic }, hours);
  const canaries = (await storage.read(latest.canary))?.seconds ?? {};
  for (const [topic, stages] of Object.entries(canaries))
    for (const [stage, seconds] of Object.entries(stages))
      others.setCanary({ topic, stage }, seconds);
  const { undeliverable = {} } = (await storage.read(latest.alerts)) ?? {};
  for (const [receiver, count] of Object.entries(undeliverable))
    others.addUndeliverable({ receiver }, count);
}

type Labels = Record<string, string>;

const gaugesIn =
  (registry: Registry, common: string[]) =>
  (name: string, help: string, labelNames: string[]) =>
    new Gauge({
      name: `sisyphus_${name}`,
      help,
      labelNames: [...labelNames, ...common],
      registers: [registry],
    });

/** What an audit's report says. */
function auditMetrics(registry: Registry, common: string[]) {
  const gauge = gaugesIn(registry, common);
  const completeness = gauge(
    "completeness_ratio",
    "Events in HDFS of those that are known of, in the look-back window",
    ["topic"],
  );
  const broken = gauge("broken_hours", "Hours that are not whole", [
    "topic",
    "cause",
  ]);
  const missing = gauge("missing_events", "Events known of that HDFS lacks", [
    "topic",
  ]);
  const unread = gauge(
    "import_lag_offsets",
    "Offsets in Kafka that the importer has not read",
    ["topic"],
  );
  const seconds = gauge("audit_duration_seconds", "How long it took", []);
  const asOf = gauge("audit_as_of_timestamp_seconds", "What it judged", []);
  const requests = gauge("audit_requests", "Requests it made", ["service"]);
  const outages = gauge("audit_outages", "Services that did not answer it", []);

  const watermarks = gauge(
    "watermark_timestamp_seconds",
    "Until when every hour that the newest audit looked at is usable; absent where its first one is not",
    ["table"],
  );

  const setTopic = (audit: TopicAudit, label: Labels) => {
    const topic = { ...label, topic: audit.topic };
    completeness.set(topic, completenessOf(audit));
    unread.set(topic, audit.unread);
    missing.set(topic, audit.missing);
    for (const { cause } of audit.findings)
      broken.inc({ ...topic, cause: cause ?? "unknown" });
  };
  return (label: Labels) => ({
    setWatermark({ table, watermark }: Watermark) {
      if (watermark !== null)
        watermarks.set(
          { ...label, table },
          (hourStart(watermark) + HOUR_MS) / 1000,
        );
    },
    set(report: AuditReport) {
      for (const audit of report.audits) setTopic(audit, label);
      seconds.set(label, report.seconds);
      asOf.set(label, Date.parse(report.asOf) / 1000);
      outages.set(label, report.outages.length);
      for (const [service, count] of Object.entries(report.requests))
        requests.set({ ...label, service }, count);
    },
  });
}

/** What others than the hourly audit keep. */
function otherMetrics(registry: Registry, common: string[]) {
  const gauge = gaugesIn(registry, common);
  const headroom = gauge(
    "headroom_hours",
    "Hours until data is deleted unread, for topics below their warning threshold",
    ["topic"],
  );
  const canary = gauge(
    "canary_seconds",
    "Seconds from a canary's production to each stage",
    ["topic", "stage"],
  );
  const undeliverable = new Counter({
    name: "sisyphus_alerts_undeliverable_total",
    help: "Alerts that a receiver refused for good",
    labelNames: ["receiver", ...common],
    registers: [registry],
  });
  return (label: Labels) => ({
    setHeadroom: (which: Labels, hours: number) =>
      headroom.set({ ...label, ...which }, hours),
    setCanary: (which: Labels, seconds: number) =>
      canary.set({ ...label, ...which }, seconds),
    addUndeliverable: (which: Labels, count: number) =>
      undeliverable.inc({ ...label, ...which }, count),
  });
}

/** The fraction of a topic's events that is in HDFS; a topic without events is complete. */
const completenessOf = ({ events, missing }: TopicAudit) =>
  events === 0 ? 1 : (events - missing) / events;
