import { ApplicationFailure } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import type { Alert, AlertItem } from "../../domain/incidents/alert";
import type { DeskState } from "../../domain/incidents/desk";
import type { Routing } from "../../domain/incidents/routing";
import type { IncidentState } from "../../domain/incidents/incident";
import type { Finding } from "../../domain/backfill/plan";
import { until } from "../../sandbox/platform/wait";
import { withTemporal } from "../support/temporal-hooks";

/** Stories this long go on in a new run, as those of months do. */
const LONG = 60;

const temporal = withTemporal(LONG);

const RANGE = { since: "2018-06-26T00", until: "2018-06-27T00" };
const AS_OF = "2018-06-27T05:20:00Z";

/** Activities of an incident; each can be replaced. */
const activitiesOf = (over: Record<string, (input: never) => unknown>) => ({
  settings: async () => ({
    lookbackHours: 24,
    batchTopics: 1,
    archiveQueue: "archive@test",
  }),
  ...over,
});

/** Signals a workflow, which begins with that where it does not run. */
const signal = (
  workflow: string,
  workflowId: string,
  args: object[],
  name: string,
  argument: unknown,
) =>
  temporal.env.client.workflow.signalWithStart(workflow, {
    workflowId,
    taskQueue: "control",
    args,
    signal: name,
    signalArgs: [argument],
  });

const raise = (...items: AlertItem[]) =>
  signal("alertDesk", "alerts", [], "raise", items);

/** Tells a topic's incident something, as audits do. */
const tell = (topic: string, name: "findings" | "headroom", message: object) =>
  signal("topicIncident", `incident/${topic}`, [{ topic }], name, message);

const item = (subject: string): AlertItem => ({
  kind: "broken",
  subject,
  cause: "premature-deletion",
  level: "error",
  text: "x",
});

/** Receivers that hear of everything. */
const routingTo = (...names: string[]): Routing => ({
  receivers: Object.fromEntries(names.map((name) => [name, {}])),
  owners: {},
  others: names,
});

/** A worker that delivers to two receivers, one of which refuses until it is mended. */
async function withReceivers() {
  const heard: Record<string, Alert[]> = { mail: [], hook: [] };
  let refuses = true;
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities: {
      alertRouting: async () => routingTo(...Object.keys(heard)),
      deliver: async (input: { receiver: string; alert: Alert }) => {
        if (input.receiver === "hook" && refuses) throw new Error("refused");
        heard[input.receiver]!.push(input.alert);
      },
    },
  });
  return { worker, heard, mend: () => (refuses = false) };
}

test("a receiver that fails delays only itself, and what it missed arrives later", async () => {
  const { worker, heard, mend } = await withReceivers();
  await worker.runUntil(async () => {
    const desk = await raise(item("a"));
    await desk.signal("raise", [item("b"), item("c")]);
    await until("the mail", 30, () => heard["mail"]!.length > 0);
    expect(heard["mail"]!.map((a) => a.title)).toEqual([
      "3 topics are broken: premature-deletion",
    ]);
    expect(heard["hook"]).toEqual([]);
    mend();
    await until("the hook", 60, () => heard["hook"]!.length > 0);
    expect(heard["hook"]).toEqual(heard["mail"]);
    await desk.terminate();
  });
}, 120_000);

test("an alert that a receiver refuses for good is reported and counted, and the next one arrives", async () => {
  const heard: Alert[] = [];
  const saved: unknown[] = [];
  let storageIsDown = true;
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities: {
      alertRouting: async () => routingTo("hook"),
      deliver: async ({ alert }: { alert: Alert }) => {
        if (alert.topics.includes("refused"))
          throw ApplicationFailure.nonRetryable(
            "webhook at https://hooks.example.org: 404 no such hook",
            "Undeliverable",
          );
        heard.push(alert);
      },
      saveDesk: async (input: unknown) => {
        if (storageIsDown) throw new Error("HDFS does not answer");
        saved.push(input);
      },
    },
  });
  await worker.runUntil(async () => {
    const desk = await raise(item("refused"), {
      ...item("taken"),
      cause: "outdated-job",
    });
    // Storage is down all the while: no alert waits for it.
    await until("the next alert", 30, () => heard.length > 0);
    expect(heard.map((alert) => alert.title)).toEqual([
      "taken is broken: outdated-job",
    ]);
    const state = await desk.query<DeskState>("progress");
    expect(state.undeliverable).toMatchObject([
      {
        receiver: "hook",
        title: "refused is broken: premature-deletion",
        why: "webhook at https://hooks.example.org: 404 no such hook",
      },
    ]);
    storageIsDown = false;
    await until("the counts", 60, () => saved.length > 0);
    expect(saved).toEqual([{ undeliverable: { hook: 1 } }]);
    await desk.terminate();
  });
}, 120_000);

test("a desk that has run for long goes on in a new run and loses no alert", async () => {
  const { worker, heard, mend } = await withReceivers();
  await worker.runUntil(async () => {
    const desk = await temporal.env.client.workflow.start("alertDesk", {
      workflowId: "alerts",
      taskQueue: "control",
      args: [],
    });
    const current = temporal.env.client.workflow.getHandle("alerts");
    const runs = new Set([desk.firstExecutionRunId]);
    let raised = 0;
    while (runs.size < 3) {
      await current.signal("raise", [item(`topic${++raised}`)]);
      await until(
        `the mail about topic${raised}`,
        60,
        () => mentions(heard["mail"]!).size === raised,
      );
      runs.add((await current.describe()).runId);
    }
    mend();
    await until("the hook", 60, () => mentions(heard["hook"]!).size === raised);
    // At least once: one that was under way when the run ended may come again, under its own id.
    const ids = (name: string) => new Set(heard[name]!.map((a) => a.id));
    expect(ids("hook")).toEqual(ids("mail"));
    await current.terminate();
  });
}, 300_000);

const mentions = (alerts: Alert[]) => new Set(alerts.flatMap((a) => a.topics));

const REPAIR = {
  start: true,
  autoApprove: false,
  maxHours: 4,
  maxMissing: 100,
};
const broken = (topic: string): Finding => ({
  topic,
  hour: "2018-06-26T18",
  verdict: "lost-from-kafka",
  cause: "premature-deletion",
  missing: 3,
  numbers: { archived: 3, missing: 3 },
  why: "3 events in the archive, none imported",
});

test("an incident whose policy says so starts its own repair, one at a time, and closes when its hours are whole", async () => {
  const planned: string[] = [];
  const mended = new Set<string>();
  const raised: string[] = [];
  let hold = true;
  const activities = activitiesOf({
    makePlan: async (input: { topics: string[] }) => {
      planned.push(...input.topics);
      await until("the second incident", 60, () => !hold);
      for (const t of input.topics) mended.add(t);
      return {
        digest: "d".repeat(64),
        range: RANGE,
        topics: [],
        topicHours: 0,
        missing: 0,
        flags: 0,
      };
    },
    auditTopic: async ({ topic }: { topic: string }) => ({
      findings: mended.has(topic) ? [] : [broken(topic)],
    }),
    raise: async (items: AlertItem[]) =>
      void raised.push(...items.map((i) => `${i.kind} ${i.subject}`)),
  });
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities,
  });
  const archive = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "archive@test",
    activities,
  });
  await archive.runUntil(
    worker.runUntil(async () => {
      const report = (topic: string) =>
        tell(topic, "findings", {
          findings: [broken(topic)],
          asOf: AS_OF,
          repair: REPAIR,
        });
      const first = await report("one");
      await until("the first repair", 60, () => planned.length > 0);
      const second = await report("two");
      await until("the second alert", 60, () => raised.includes("broken two"));
      expect(planned).toEqual(["one"]);
      hold = false;
      const closed = (await first.result()) as IncidentState;
      expect(closed.phase).toBe("closed");
      expect(closed.story.join("\n")).toContain(
        "the topic's policy started backfill/by-policy",
      );
      // The next audit finds it broken still; now the way is free.
      await report("two");
      expect(((await second.result()) as IncidentState).backfill).toBe(
        "backfill/by-policy",
      );
      expect(raised.sort()).toEqual(
        ["broken one", "broken two", "whole one", "whole two"].sort(),
      );
    }),
  );
}, 90_000);

test("headroom that is sufficient again ends its own alert, while the topic's broken hours keep theirs", async () => {
  const raised: string[] = [];
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities: activitiesOf({
      raise: async (items: AlertItem[]) =>
        void raised.push(...items.map((raisedItem) => raisedItem.kind)),
    }),
  });
  await worker.runUntil(async () => {
    const low = {
      topic: "low",
      hours: 8,
      level: "warning",
      cause: "retention-too-short",
      why: "unread messages may be deleted in 8 h",
    };
    const incident = await tell("low", "headroom", {
      headroom: low,
      asOf: AS_OF,
    });
    await until("the headroom's alert", 30, () => raised.includes("headroom"));
    await incident.signal("findings", {
      findings: [broken("low")],
      asOf: AS_OF,
    });
    await until("the broken hours' alert", 30, () =>
      raised.includes("escalated"),
    );
    await incident.signal("headroom", { asOf: AS_OF });
    await until("the end of the headroom's", 30, () =>
      raised.includes("sufficient"),
    );
    await incident.signal("findings", { findings: [], asOf: AS_OF });
    await incident.result();
    // An alert whose answer comes too late is raised once more.
    expect([...new Set(raised)]).toEqual(["headroom", "escalated", "sufficient", "whole"]); // prettier-ignore
  });
}, 120_000);

test("an incident that has run for long keeps its story", async () => {
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities: activitiesOf({ raise: async () => undefined }),
  });
  await worker.runUntil(async () => {
    const start = () =>
      tell("long", "findings", { findings: [broken("long")], asOf: AS_OF });
    const first = await start();
    const current = temporal.env.client.workflow.getHandle("incident/long");
    await current.executeUpdate("acknowledge", { args: [{ by: "otto" }] });
    await until("a new run", 60, async () => {
      await start();
      const { runId } = await current.describe();
      return runId !== first.signaledRunId;
    });
    expect(await current.query("progress")).toMatchObject({
      acknowledged: { by: "otto" },
      findings: [{ hour: "2018-06-26T18" }],
      told: { hours: 1 },
    });
    await current.terminate();
  });
}, 120_000);
