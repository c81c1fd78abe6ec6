import type { Place } from "../../../clients/storage-layout";
import { latest } from "../../../clients/storage-layout";
import { hourRulesOf } from "../../../domain/audit/usable-hours";
import { parseConfig } from "../../../domain/settings/config";
import { metricsText } from "../../../workers/metrics";
import {
  auditReport,
  auditStorage,
  topicAudit as topicAuditOf,
} from "../../support/audited";
import { settings } from "../../support/settings";

/** Storage that holds one report and the newest of each kind. */
const storage = (files: [Place<unknown>, unknown][], report?: unknown) =>
  ({
    read: async (place: Place<unknown>) =>
      files.find(([at]) => at.name === place.name)?.[1],
    readRef: async () => report,
  }) as unknown as Parameters<typeof metricsText>[0][number]["storage"];

const topicAudit = (topic: string, over: object = {}) => ({
  topic,
  events: 100,
  missing: 0,
  unread: 0,
  findings: [],
  ...over,
});

test("a topic's completeness is the fraction of its events in HDFS; one without events is complete", async () => {
  const text = await metricsText([
    {
      storage: storage([[latest.audit, { ref: "/x" }]], {
        asOf: "2018-07-05T05:20:00Z",
        seconds: 3,
        outages: [],
        requests: { HDFS: 7 },
        audits: [
          topicAudit("a", {
            missing: 25,
            findings: [{ cause: "outdated-job" }, {}],
          }),
          topicAudit("b", { events: 0 }),
        ],
      }),
    },
  ]);
  const lines = text.split("\n");
  expect(lines).toContain('sisyphus_completeness_ratio{topic="a"} 0.75');
  expect(lines).toContain('sisyphus_completeness_ratio{topic="b"} 1');
  expect(lines).toContain(
    'sisyphus_broken_hours{topic="a",cause="outdated-job"} 1',
  );
  expect(lines).toContain('sisyphus_broken_hours{topic="a",cause="unknown"} 1');
  expect(lines).toContain('sisyphus_audit_requests{service="HDFS"} 7');
});

test("undeliverable alerts are counted by receiver", async () => {
  const text = await metricsText([
    {
      storage: storage([
        [latest.alerts, { undeliverable: { webhook: 3, smtp: 1 } }],
      ]),
    },
  ]);
  expect(text).toContain(
    'sisyphus_alerts_undeliverable_total{receiver="webhook"} 3',
  );
  expect(text).toContain(
    'sisyphus_alerts_undeliverable_total{receiver="smtp"} 1',
  );
});

test("a table's watermark is the end of the newest hour up to which all is usable; a table without one has none", async () => {
  const report = auditReport([
    topicAuditOf("eventlogging_Edit", {
      cells: { "2018-07-05T02": "pending" },
    }),
    topicAuditOf("eventlogging_Other", {
      cells: { "2018-07-05T00": "rows-lost" },
    }),
  ]);
  const rules = hourRulesOf(parseConfig(settings()));
  const text = await metricsText([
    { storage: auditStorage(report) as never, rules },
  ]);
  expect(text.match(/^sisyphus_watermark_.*$/gm)).toEqual([
    `sisyphus_watermark_timestamp_seconds{table="edit"} ${Date.UTC(2018, 6, 5, 2) / 1000}`,
  ]);
});

test("topics that cannot be listed cost the watermarks, and no other metric", async () => {
  const held = auditStorage(auditReport([topicAuditOf("eventlogging_Edit")]));
  const damaged = {
    ...held,
    read: async (place: Place<unknown>) => {
      if (place.name === latest.auditedTopics.name) throw new Error("no JSON");
      return held.read(place);
    },
  };
  const rules = hourRulesOf(parseConfig(settings()));
  const text = await metricsText([{ storage: damaged as never, rules }]);
  expect(text).toContain(
    'sisyphus_completeness_ratio{topic="eventlogging_Edit"} 1',
  );
  expect(text).not.toContain("sisyphus_watermark_timestamp_seconds{");
});
