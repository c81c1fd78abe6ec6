import { goneTopics } from "../../../../activities/audit/gone-topics";
import type { AuditReport } from "../../../../domain/audit/audit-report";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2018-07-05T05:00:00Z");

const clients = (
  positions: Record<string, number>,
  audits: Partial<AuditReport["audits"][number]>[],
) =>
  ({
    source: {
      state: async () => ({
        lastRun: NOW,
        problems: [],
        positions: new Map(
          Object.entries(positions).map(([key, time]) => [
            key,
            { offset: "5", time },
          ]),
        ),
      }),
    },
    storage: {
      read: async () => ({ ref: "/latest", html: "" }),
      readRef: async () => ({
        audits: audits.map((audit) => ({
          unread: 0,
          lostOffsets: 0,
          findings: [],
          ...audit,
        })),
      }),
    },
    config: { audit: { lookbackHours: 168 } },
  }) as unknown as Parameters<typeof goneTopics>[0];

test("topics that are gone are audited where they were imported lately, or had something unread", async () => {
  const found = await goneTopics(
    clients(
      {
        "there/0": NOW,
        "lately/0": NOW - 100 * HOUR_MS,
        "long-ago/0": NOW - 200 * HOUR_MS,
      },
      [{ topic: "unread", unread: 3 }, { topic: "whole" }, { topic: "there" }],
    ),
    ["there"],
  );
  expect(found.sort()).toEqual(["lately", "unread"]);
});

test("where nothing tells them, the topics of Kafka are audited all the same", async () => {
  const broken = clients({}, []);
  broken.source.state = () => Promise.reject(new Error("HDFS is down"));
  expect(await goneTopics(broken, ["there"])).toEqual([]);
});
