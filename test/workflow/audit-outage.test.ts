import { ApplicationFailure, WorkflowFailedError } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import type { Outage } from "../../domain/audit/audit-report";
import { OUTAGE } from "../../domain/backfill/outage";
import { withTemporal } from "../support/temporal-hooks";

const temporal = withTemporal();

const KAFKA: Outage = {
  service: "Kafka",
  address: "broker:9092",
  message: "Kafka at broker:9092: refused",
};
const HDFS: Outage = {
  service: "HDFS",
  address: "nn1:9870",
  message: "HDFS at nn1:9870: the NameNode is in safe mode",
};
type Reported = { outages: Outage[]; isPartial: boolean };
const down = (outage: Outage) =>
  ApplicationFailure.create({
    type: OUTAGE,
    message: outage.message,
    details: [outage],
  });

/** Audits by scripted activities. @returns what the desk heard of services, and how the audit failed or what it says */
async function audited(scripts: Record<string, unknown>, input: object = {}) {
  const reported: Reported[] = [];
  const worker = (taskQueue: string) =>
    Worker.create({
      connection: temporal.env.nativeConnection,
      taskQueue,
      workflowBundle: temporal.workflowBundle,
      activities: {
        settings: async () => ({
          archiveQueue: "archive@one",
          lookbackHours: 2,
          batchTopics: 1,
          patience: 1,
        }),
        reportOutages: async (outages: Outage[]) =>
          void reported.push({ outages, isPartial: false }),
        reportSomeOutages: async (outages: Outage[]) =>
          void reported.push({ outages, isPartial: true }),
        reportFindings: async () => [],
        finishAudit: async () => ({ link: "", report: "", html: "", grid: "" }),
        ...scripts,
      },
    });
  const [control, archive] = await Promise.all([
    worker("control"),
    worker("archive@one"),
  ]);
  const run = async () => {
    try {
      return await temporal.env.client.workflow.execute("hourlyAudit", {
        workflowId: `audit/${Math.random()}`,
        taskQueue: "control",
        args: [input],
      });
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return "failed";
    }
  };
  const outcome = await archive.runUntil(() => control.runUntil(run));
  return { reported, outcome };
}

const batch =
  (outages: Outage[], remembered: boolean[] = []) =>
  async (input: { remember: boolean }) => {
    remembered.push(input.remember);
    return {
      ref: "/r",
      topics: 1,
      broken: [],
      unknowable: [],
      problems: [],
      requests: {},
      outages,
    };
  };

test("an audit that cannot keep what it found has people told of the service all the same", async () => {
  let calls = 0;
  const { reported, outcome } = await audited({
    listTopics: async () => ({ topics: ["a", "b"], problems: [] }),
    auditBatch: async (input: { remember: boolean }) => {
      if (++calls > 1) throw down(HDFS);
      return batch([KAFKA])(input);
    },
  });
  expect(outcome).toBe("failed");
  // Soon: it has tried no longer than its patience lasts, and a little more.
  expect(calls).toBeLessThan(10);
  // Others may be down as well: nothing is told to be up again.
  expect(reported).toEqual([
    { outages: expect.arrayContaining([HDFS]) as Outage[], isPartial: true },
  ]);
}, 60_000);

test("without Kafka's list the topics that others know are audited, and none of it is remembered", async () => {
  const remembered: boolean[] = [];
  const { reported, outcome } = await audited({
    listTopics: async () => ({
      topics: ["a"],
      problems: ["topics that only Kafka knows are left out"],
      outages: [KAFKA],
    }),
    auditBatch: batch([KAFKA], remembered),
  });
  expect(outcome).toMatchObject({
    outages: [KAFKA],
    problems: ["topics that only Kafka knows are left out"],
  });
  expect(reported).toEqual([{ outages: [KAFKA], isPartial: false }]);
  expect(remembered).toEqual([false]);
}, 60_000);

test("an audit of chosen topics tells of no service that it is up again", async () => {
  const { reported } = await audited(
    { auditBatch: batch([HDFS]) },
    { topics: ["a"] },
  );
  expect(reported).toEqual([{ outages: [HDFS], isPartial: true }]);
}, 60_000);

test("only an audit of every topic that there is says that it looked at all of them", async () => {
  const said: boolean[] = [];
  const scripts = {
    auditBatch: batch([]),
    finishAudit: async ({ listsAll }: { listsAll: boolean }) => {
      said.push(listsAll);
      return { link: "", report: "", html: "", grid: "" };
    },
  };
  const listing = (problems: string[]) => async () => ({
    topics: ["a"],
    problems,
  });
  await audited({ ...scripts, listTopics: listing([]) });
  await audited({ ...scripts, listTopics: listing(["some may be left out"]) });
  await audited(scripts, { topics: ["a"] });
  expect(said).toEqual([true, false, false]);
}, 60_000);
