import { createServer, type Server } from "node:http";
import { Gauge, Registry } from "prom-client";
import { REPORTS, type Storage } from "../clients/storage";
import type { AuditReport } from "../domain/audit/audit-report";
import { latest, SERVED } from "../clients/storage-layout";

const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);

/** The newest audit and canaries as Prometheus metrics. They come from storage, so every worker tells the same. */
export async function metricsText(storage: Storage): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({
      name: `sisyphus_${name}`,
      help,
      labelNames,
      registers: [registry],
    });
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
  const seconds = gauge("audit_duration_seconds", "How long it took", []);
  const time = gauge("audit_as_of_timestamp_seconds", "What it judged", []);
  const requests = gauge("audit_requests", "Requests it made", ["service"]);
  const down = gauge("audit_outages", "Services that did not answer it", []);

  const newest = await storage.read(latest.audit);
  if (newest !== undefined) {
    const report = await storage.readRef<AuditReport>(newest.ref);
    for (const a of report.audits) {
      completeness.set(
        { topic: a.topic },
        share(a.events - a.missing, a.events),
      );
      unread.set({ topic: a.topic }, a.unread);
      missing.set({ topic: a.topic }, a.missing);
      for (const f of a.findings)
        broken.inc({ topic: a.topic, cause: f.cause ?? "unknown" });
    }
    seconds.set(report.seconds);
    time.set(Date.parse(report.asOf) / 1000);
    down.set(report.outages.length);
    for (const [service, n] of Object.entries(report.requests))
      requests.set({ service }, n);
  }
  for (const h of (await storage.read(latest.headroom)) ?? [])
    headroom.set({ topic: h.topic }, h.hours);
  const canaries = await storage.read(latest.canary);
  for (const [topic, stages] of Object.entries(canaries?.seconds ?? {}))
    for (const [stage, s] of Object.entries(stages))
      canary.set({ topic, stage }, s);
  return registry.metrics();
}

async function readable(
  storage: Storage,
  url: string,
): Promise<{ type: string; text: string } | undefined> {
  const path = decodeURIComponent(new URL(url, "http://x").pathname);
  if (!path.startsWith(REPORTS)) return undefined;
  const parts = path.slice(REPORTS.length).split("/");
  const name = parts.pop()!;
  const type = SERVED.get(name);
  if (!type || parts.some((p) => p === "" || p === "." || p === ".."))
    return undefined;
  const text = await storage.readText({ folder: parts.join("/"), name });
  return text === undefined ? undefined : { type, text };
}

/** Serves `/metrics` and, below `/reports/`, the reports of audits and sagas. @returns the listening server */
export function serveMetrics(
  storage: Storage,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    const found =
      request.url === "/metrics"
        ? metricsText(storage).then((text) => ({
            type: "text/plain; version=0.0.4",
            text,
          }))
        : readable(storage, request.url ?? "/");
    found.then(
      (page) =>
        page
          ? response
              .writeHead(200, { "content-type": page.type })
              .end(page.text)
          : response.writeHead(404).end("see /metrics and /reports/\n"),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => done(server));
  });
}
