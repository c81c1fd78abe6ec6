import type { Place } from "../../../clients/storage-layout";
import { latest } from "../../../clients/storage-layout";
import { metricsText } from "../../../workers/metrics";

/** Storage that holds one report and the newest of each kind. */
const storage = (files: [Place<unknown>, unknown][], report?: unknown) =>
  ({
    read: async (place: Place<unknown>) =>
      files.find(([at]) => at.name === place.name)?.[1],
    readRef: async () => report,
  }) as unknown as Parameters<typeof metricsText>[0];

const topicAudit = (topic: string, over: object = {}) => ({
  topic,
  events: 100,
  missing: 0,
  unread: 0,
  findings: [],
  ...over,
});

test("a topic's completeness is the fraction of its events in HDFS; one without events is complete", async () => {
  const text = await metricsText(
    storage([[latest.audit, { ref: "/x" }]], {
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
  );
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
  const text = await metricsText(
    storage([[latest.alerts, { undeliverable: { webhook: 3, smtp: 1 } }]]),
  );
  expect(text).toContain(
    'sisyphus_alerts_undeliverable_total{receiver="webhook"} 3',
  );
  expect(text).toContain(
    'sisyphus_alerts_undeliverable_total{receiver="smtp"} 1',
  );
});
