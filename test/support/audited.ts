import type { Place } from "../../clients/storage-layout";
import type { AuditReport, TopicAudit } from "../../domain/audit/audit-report";

export const topicAudit = (
  topic: string,
  over: Partial<TopicAudit> = {},
): TopicAudit => ({
  topic,
  cells: {},
  findings: [],
  lostOffsets: 0,
  unread: 0,
  events: 0,
  missing: 0,
  ...over,
});

/** An audit of all topics, of five hours after its range. */
export const auditReport = (
  audits: TopicAudit[],
  over: Partial<AuditReport> = {},
): AuditReport => ({
  workflowId: "audit/hourly",
  asOf: "2018-07-05T09:00:00.000Z",
  range: { since: "2018-07-05T00", until: "2018-07-05T04" },
  listsAll: true,
  seconds: 1,
  requests: {},
  outages: [],
  audits,
  ...over,
});

/** Storage that holds one newest audit, or none. */
export const auditStorage = (
  report: AuditReport | undefined,
  topics: string[] = [],
) => ({
  read: async <T>({ name }: Place<T>): Promise<T | undefined> => {
    const held: Record<string, unknown> = {
      "audited-topics.json": Object.fromEntries(topics.map((t) => [t, ""])),
      ...(report ? { "audit.json": { ref: "/x", html: "/y" } } : {}),
    };
    return held[name] as T | undefined;
  },
  readRef: async <T>(): Promise<T> => report as T,
});
