import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import type {
  AuditReport,
  AuditSummary,
  TopicAudit,
} from "../../../domain/audit/audit-report";
import type { BackfillProgress } from "../../../domain/backfill/progress";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { refineHours } from "../../../sandbox/platform/refine";
import { setup } from "../../../sandbox/platform/setup";
import { until } from "../../../sandbox/platform/wait";
import { sisyphus } from "../../support/cli";
import {
  ask,
  auditOf,
  ofSchemas,
  page,
  PIPELINES_FILE,
  withPipelines,
} from "./pipelines";
import { partialHoursOfConnector } from "./connector";
import { GobblinFleet, unrefinedPipeline } from "./gobblin";
import { AS_OF, HOURS, RANGE, topicOf } from "./topic-hours";
import { troublesOf } from "./troubles";
import { audit, buildWorld, endWorld, runCamus, type World } from "./world";

/**
 * What operators have beside verdicts: reports, warnings, metrics, schedules, another importer, canaries.
 * Three topics of the fleet are enough for it. Told in order: the metrics are those of the audits before them.
 */
const TROUBLES = troublesOf("Healthy", "Silent", "Behind");
let world: World;

beforeAll(async () => {
  world = await buildWorld({
    troubles: TROUBLES,
    settings: () => ({ canary: { topics: topicOf("Healthy") } }),
  });
}, 900_000);

afterAll(() => endWorld(world), 120_000);

test("an audit's report opens in a browser where its link says", async () => {
  await audit(world);
  const { stdout } = await sisyphus("audit", "show", "--json");
  const report = JSON.parse(stdout) as AuditReport;
  const link = `http://127.0.0.1:${ports().metrics}/reports/${report.workflowId.replaceAll(":", "_")}/audit.html`;
  const page = await fetch(link);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toContain(topicOf("Silent"));
  const summary = (await world.client.workflow
    .getHandle(report.workflowId)
    .result()) as AuditSummary;
  expect(summary.link).toBe(link);
  for (const path of ["../../etc/audit.html", "x/plan.json", "x/audit.html"])
    expect(
      (await fetch(`http://127.0.0.1:${ports().metrics}/reports/${path}`))
        .status,
    ).toBe(404);
}, 120_000);

test("headroom warns before unread data is deleted", async () => {
  const { stdout, code } = await sisyphus(
    "audit",
    "headroom",
    "--as-of",
    "2018-06-25T20:00:00Z",
    "--json",
  );
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    topics: TROUBLES.length,
    low: [
      {
        topic: topicOf("Behind"),
        level: "error",
        cause: "retention-too-short",
        hours: 4,
      },
    ],
  });
}, 60_000);

test("metrics show what the newest audit found", async () => {
  const text = await (
    await fetch(`http://127.0.0.1:${ports().metrics}/metrics`)
  ).text();
  expect(text).toContain(
    `sisyphus_broken_hours{topic="${topicOf("Silent")}",cause="producer-silent"} 2`,
  );
  expect(text).toContain(
    `sisyphus_headroom_hours{topic="${topicOf("Behind")}"} 4`,
  );
});

test("schedules are applied from a file, and a difference is shown", async () => {
  const file = `${CONFIG_FILE}.schedules`;
  const writeSchedule = (minutes: number[]) =>
    writeFileSync(
      file,
      stringify({
        schedules: [
          {
            id: "hourly-audit",
            workflow: "hourlyAudit",
            minutes,
            paused: true,
          },
        ],
      }),
    );
  writeSchedule([20]);
  expect((await sisyphus("schedules", "diff", file)).code).toBe(3);
  await sisyphus("schedules", "apply", file);
  expect((await sisyphus("schedules", "diff", file)).stdout).toContain(
    "no difference",
  );
  writeSchedule([25]);
  const differs = await sisyphus("schedules", "diff", file);
  expect(differs.code).toBe(3);
  expect(differs.stdout).toMatch(/hourly-audit +minutes +\[20\] +\[25\]/);
  writeSchedule([75]);
  expect((await sisyphus("schedules", "apply", file)).stderr).toContain(
    "schedules.0.minutes.0",
  );
}, 60_000);

test("another importer's files are audited as well: a hole between two of them is found", async () => {
  const partial = await partialHoursOfConnector(world);
  expect(partial).toHaveLength(1);
  expect(partial[0]!.why).toContain(
    "2 records of partition 0, offsets 10 to 12, are in no raw file",
  );
}, 60_000);

test("several pipelines of one file share a worker, and each sees its own topics, incidents and pages alone", async () => {
  await withPipelines(
    {
      healthy: ofSchemas("Healthy"),
      others: ofSchemas("Silent", "Behind"),
    },
    async () => {
      expect(await auditOf("healthy")).toMatchObject({
        topics: 1,
        broken: [],
      });
      const others = await auditOf("others");
      expect(others).toMatchObject({
        topics: 2,
        incidents: expect.arrayContaining([
          `others/incident/${topicOf("Silent")}`,
        ]) as string[],
      });

      const { stdout } = await sisyphus("incident", "list", "--json");
      const rows = JSON.parse(stdout) as { pipeline?: string; topic: string }[];
      expect(rows.filter(({ pipeline }) => pipeline === "others").length).toBe(
        others.incidents.length,
      );
      expect(rows.map(({ pipeline }) => pipeline)).not.toContain("healthy");
      const ours = await ask("others", "incident", "show", topicOf("Silent"));
      expect(JSON.parse(ours.stdout)).toMatchObject({
        topic: topicOf("Silent"),
      });
      expect((await ask("healthy", "incident", "list")).stdout.trim()).toBe(
        "no open incidents",
      );

      expect(others.link).toContain("/p/others/reports/others/audit/");
      expect(await (await fetch(others.link)).text()).toContain(
        topicOf("Silent"),
      );
      expect(await (await page("/metrics")).text()).toContain(
        `sisyphus_broken_hours{pipeline="others",topic="${topicOf("Silent")}",cause="producer-silent"} 2`,
      );
      const known = await page(
        `/v1/hours/${topicOf("Healthy")}/${HOURS[0]}?maxAge=9999d`,
      );
      expect(await known.json()).toMatchObject({ state: "usable" });

      const planned = await ask(
        "others",
        ...["backfill", "plan", "--json", "--name", "p", "--as-of", AS_OF],
        ...["--since", HOURS[0]!, "--until", "2018-06-19T02"],
        ...["--config", PIPELINES_FILE],
      );
      expect(planned).toMatchObject({ code: 0, stderr: "" });
      const unknown = await ask("nobody", "backfill", "plan", ...RANGE);
      expect(unknown.stderr).toContain(
        "no worker takes workflows and activities from the task queue nobody/control",
      );
    },
  );
}, 180_000);

test("a canary is followed through every stage, and nobody's counts have it", async () => {
  const hour = "2018-06-19T02";
  const handle = await world.client.workflow.start("canary", {
    workflowId: `canary/${hour}`,
    taskQueue: "control",
    args: [{ hour, pollSeconds: 1 }],
  });
  await until("the canary in Kafka", 30, async () => {
    const state = await handle.query<{ seconds: Record<string, unknown> }>(
      "progress",
    );
    return Object.keys(state.seconds).length > 0;
  });
  await runCamus("2018-06-19T05:05:00Z");
  await refineHours(
    await setup(() => undefined),
    [hour],
    ...["--table-whitelist", "Healthy"],
  );
  const state = (await handle.result()) as {
    lost: string[];
    seconds: Record<string, Record<string, number>>;
  };
  expect(state.lost).toEqual([]);
  expect(Object.keys(state.seconds[topicOf("Healthy")]!)).toEqual([
    "kafka",
    "raw",
    "refined",
    "queryable",
  ]);
  const explained = await sisyphus(
    "audit",
    "explain",
    topicOf("Healthy"),
    hour,
    "--as-of",
    "2018-06-19T05:20:00Z",
    "--json",
  );
  expect(JSON.parse(explained.stdout)).toMatchObject({
    evidence: { canaries: 1 },
    judgement: { verdict: "complete", numbers: { raw: 0, rows: 0 } },
  });
}, 180_000);

test("Gobblin is run: what it imports is counted, a jump and a failed task are named by their size, and it is set back by exactly what is meant", async () => {
  const fleet = new GobblinFleet(world);
  const [EQIAD, CODFW] = GobblinFleet.TOPICS as [string, string];
  try {
    await fleet.open();
    await fleet.nextHour();
    const first = await fleet.send(EQIAD, 0, 6);
    await fleet.send(EQIAD, 1, 4);
    await fleet.send(CODFW, 0, 5);
    await fleet.nextHour();
    await fleet.send(EQIAD, 0, 6);
    expect(await fleet.run()).toBe(0);
    expect(await fleet.importFindings(first)).toEqual([]);

    // Kafka deletes three that it has not read, and it goes on behind them in silence. One without a time fails a task that moves on all the same.
    await fleet.send(EQIAD, 0, 8);
    await fleet.deleteBefore(EQIAD, 0, "15");
    await fleet.sendWithoutTime(CODFW, 1);
    expect(await fleet.run("-Dtask.maxretries=0")).toBe(0);
    expect(await fleet.jumpsOf(EQIAD)).toMatchObject([
      { partition: 0, from: "12", to: "15", records: 3 },
    ]);
    expect(await fleet.importFindings(first)).toMatchObject([
      { topic: CODFW, cause: "importer-errors", missing: 1 },
    ]);

    // Everything that it has not read of a partition is gone: it is moved into the log again, and the other topic stays where it is.
    const before = await fleet.positions();
    const newest = (await fleet.steering.runNames()).at(-1)!;
    await fleet.send(CODFW, 0, 4);
    await fleet.deleteBefore(CODFW, 0, "7");
    expect(await fleet.resetImport([CODFW])).toMatchObject({ runs: 1 });
    expect(await fleet.positions()).toEqual({ ...before, [`${CODFW}/0`]: "9" });
    const written = await fleet.steering.putBack([CODFW], {
      after: newest,
      staging: "/wmf/data/sisyphus",
      by: "a test",
    });
    expect(written).toMatch(/^job_events_\d+$/);
    expect(await fleet.positions()).toEqual(before);
    await fleet.run("-Dreset.on.offset.out.of.range=earliest");
    expect(await fleet.positions()).toEqual({ ...before, [`${CODFW}/0`]: "9" });
  } finally {
    await fleet.close();
  }
}, 300_000);

test("where nobody refines and nothing is archived: what Gobblin jumped over in Kafka is found, and a saga takes it back, but for what Kafka has deleted", async () => {
  const fleet = new GobblinFleet(world);
  const TOPIC = "eqiad.link_change";
  try {
    await fleet.open([TOPIC]);
    await fleet.nextHour();
    const first = await fleet.send(TOPIC, 0, 5);
    await fleet.nextHour();
    expect(await fleet.run()).toBe(0);
    const second = await fleet.send(TOPIC, 0, 6);
    await fleet.nextHour();
    const third = await fleet.send(TOPIC, 0, 4);
    // One is deleted unread, and instead of the others that are there Gobblin goes on with the newest.
    await fleet.deleteBefore(TOPIC, 0, "6");
    expect(
      await fleet.run(
        ...["-Dreset.on.offset.out.of.range=latest", "-Dtask.maxretries=0"],
      ),
    ).toBe(0);
    await fleet.nextHour();
    const fourth = await fleet.send(TOPIC, 0, 3);
    expect(await fleet.run()).toBe(0);
    const { asOf, until: end } = fleet.later();
    const range = ["--since", first, "--until", end];
    await withPipelines({ links: unrefinedPipeline() }, async () => {
      const findings = async () => {
        await auditOf("links", asOf, [...range, "--topics", TOPIC]);
        const shown = await ask(
          "links",
          ...["audit", "topic", TOPIC, "--json", "--config", PIPELINES_FILE],
        );
        const { findings: found } = JSON.parse(shown.stdout) as TopicAudit;
        return found.map(
          (each) => `${each.hour} ${each.verdict} ${each.cause}`,
        );
      };
      // Of the hour before nothing tells that what was deleted was none of it.
      const doubt = `${first} import-partial offset-out-of-range`;
      expect(await findings()).toEqual([
        doubt,
        `${second} import-missing offset-out-of-range`,
        `${third} import-missing offset-out-of-range`,
      ]);
      const saga = await ask(
        "links",
        ...["backfill", "start", "--yes", "--name", "jump"],
        ...["--as-of", asOf, "--topics", TOPIC, ...range],
        ...["--config", PIPELINES_FILE],
      );
      expect(saga).toMatchObject({ code: 0, stderr: "" });
      const handle = world.client.workflow.getHandle("links/backfill/jump");
      expect(await handle.result()).toMatchObject({
        holds: false,
        numbers: {
          flagsRemoved: 0,
          verified: {
            ...{ unrefined: true, problems: [] },
            ...{ findingsLeft: 2, importedTwice: 1 },
          },
        },
      });
      const { steps } = await handle.query<BackfillProgress>("progress");
      expect(steps.find(({ name }) => name === "refine")?.detail).toBe(
        "nothing to do: nobody refines this pipeline",
      );
      // What lay behind the jump was read once more, as a run has no end that could be set.
      expect(await findings()).toEqual([
        doubt,
        `${second} import-partial offset-out-of-range`,
        `${fourth} complete imported-twice`,
      ]);
    });
  } finally {
    await fleet.close();
  }
}, 300_000);
