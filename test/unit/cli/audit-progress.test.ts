import type { Client } from "@temporalio/client";
import { auditProgressNow, tellingProgress } from "../../../cli/audit-progress";

const heartbeat = (name: string, value?: unknown) => ({
  activityType: { name },
  heartbeatDetails: {
    payloads: [
      {
        data: Buffer.from(value === undefined ? "" : JSON.stringify(value)),
      },
    ],
  },
});

test("an audit is told with what its batches' heartbeats say", async () => {
  const client = {
    workflow: {
      getHandle: () => ({
        describe: async () => ({
          raw: {
            pendingActivities: [
              heartbeat("auditBatch", {
                topics: 4,
                ofTopics: 10,
                hours: 672,
                ofHours: 1680,
              }),
              // One that only says that it is alive, one of a worker of before, and another activity.
              heartbeat("auditBatch"),
              heartbeat("auditBatch", "0003"),
              heartbeat("finishAudit", {
                topics: 1,
                ofTopics: 1,
                hours: 1,
                ofHours: 1,
              }),
              {},
            ],
          },
        }),
        query: async () => ({ audited: 10, topics: 40, hours: 168 }),
      }),
    },
  } as unknown as Client;
  expect(await auditProgressNow(client, "audit/2018-07-05T05")).toBe(
    "14 of 40 topics and 2352 of 6720 topic-hours audited",
  );
});

test("a line is told once, a failed question not at all, and the audit's end is what counts", async () => {
  const answers = ["1 of 2", "1 of 2", undefined, "2 of 2"];
  const told: string[] = [];
  let finish = (_: string) => undefined as void;
  const end = new Promise<string>((done) => (finish = done));
  const result = tellingProgress(
    async () => {
      const answer = answers.shift();
      if (answers.length === 0) finish("summary");
      if (answer === undefined) throw new Error("no answer");
      return answer;
    },
    (line) => told.push(line),
    end,
    1,
  );
  expect(await result).toBe("summary");
  expect(told.slice(0, 1)).toEqual(["1 of 2"]);
  expect(new Set(told).size).toBe(told.length);
});
