import { Worker } from "@temporalio/worker";
import type { Finding } from "../../domain/backfill/plan";
import type { IncidentState } from "../../domain/incidents/incident";
import {
  newIncident,
  withRepair,
} from "../../domain/incidents/incident-changes";
import { until } from "../../sandbox/platform/wait";
import { leaseActivities } from "../support/lease-activities";
import { SETTINGS } from "../support/scripted-saga";
import { withTemporal } from "../support/temporal-hooks";

const temporal = withTemporal();

const RANGE = { since: "2018-06-26T00", until: "2018-06-27T00" };
const AS_OF = "2018-06-27T05:20:00Z";
const BROKEN: Finding = {
  topic: "long",
  hour: "2018-06-26T18",
  verdict: "lost-from-kafka",
  cause: "premature-deletion",
  missing: 3,
  numbers: { archived: 3, missing: 3 },
  why: "3 events in the archive, none imported",
};

test("an incident that goes on in a new run learns that the repair of the run before has ended, and is open again", async () => {
  let endPlan = () => undefined as void;
  const activities = {
    settings: async () => SETTINGS,
    auditTopic: async () => ({ findings: [BROKEN] }),
    raise: async () => undefined,
    // A plan that takes its time: the repair runs until it is terminated.
    makePlan: () => new Promise<void>((done) => (endPlan = done)),
    ...leaseActivities(temporal.env),
  };
  const shared = { connection: temporal.env.nativeConnection, activities };
  const [control, archive] = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: "control",
      workflowBundle: temporal.workflowBundle,
    }),
    Worker.create({ ...shared, taskQueue: "archive@test" }),
  ]);
  await control.runUntil(() =>
    archive.runUntil(async () => {
      const repair = await temporal.env.client.workflow.start("backfill", {
        workflowId: "backfill/long",
        taskQueue: "control",
        args: [{ ...RANGE, topics: ["long"], autoApprove: true }],
      });
      // As a run of before would have carried it on.
      const state = withRepair(
        newIncident("long", AS_OF),
        repair.workflowId,
        repair.firstExecutionRunId,
        "an operator",
        AS_OF,
      );
      const report = () =>
        temporal.env.client.workflow.signalWithStart("topicIncident", {
          workflowId: "incident/long",
          taskQueue: "control",
          args: [{ topic: "long", state }],
          signal: "findings",
          signalArgs: [{ findings: [BROKEN], asOf: AS_OF }],
        });
      const incident = await report();
      const stateNow = () => incident.query<IncidentState>("progress");
      await report();
      await until("the findings", 30, async () => {
        return (await stateNow()).findings.length === 1;
      });
      expect((await stateNow()).phase).toBe("repairing");
      await repair.terminate("enough");
      await report();
      await until(
        "it to be open again",
        60,
        async () => {
          await report();
          return (await stateNow()).phase === "open";
        },
        1000,
      );
      expect((await stateNow()).story.join("\n")).toContain(
        "backfill/long has ended, and not every hour is whole",
      );
      await incident.terminate();
      endPlan();
    }),
  );
}, 120_000);

test("what an incident hears while it tells of an alert, it looks at once that is told", async () => {
  let told: () => void = () => undefined;
  let isTelling = false;
  const activities = {
    settings: async () => SETTINGS,
    auditTopic: async () => ({ findings: [BROKEN] }),
    raise: async () => {
      if (isTelling) return;
      isTelling = true;
      await new Promise<void>((done) => (told = done));
    },
  };
  const control = await Worker.create({
    connection: temporal.env.nativeConnection,
    activities,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
  });
  await control.runUntil(async () => {
    const report = (findings: Finding[]) =>
      temporal.env.client.workflow.signalWithStart("topicIncident", {
        workflowId: "incident/long",
        taskQueue: "control",
        args: [{ topic: "long" }],
        signal: "findings",
        signalArgs: [{ findings, asOf: AS_OF, range: RANGE }],
      });
    const incident = await report([BROKEN]);
    await until("the alert", 30, () => isTelling);
    await report([]);
    await until("the findings", 30, async () => {
      const { findings } = await incident.query<IncidentState>("progress");
      return findings.length === 0;
    });
    told();
    await until("its end", 30, async () => {
      const { status } = await incident.describe();
      return status.name === "COMPLETED";
    });
  });
}, 120_000);
