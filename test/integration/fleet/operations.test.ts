import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { auditTopics } from "../../../activities/audit/judge-topics";
import type {
  AuditReport,
  AuditSummary,
} from "../../../domain/audit/audit-report";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { refineHours } from "../../../sandbox/platform/refine";
import { setup } from "../../../sandbox/platform/setup";
import { until } from "../../../sandbox/platform/wait";
import { loadConfig } from "../../../workers/config";
import { createDependencies } from "../../../workers/dependencies";
import { sisyphus } from "../../support/cli";
import { AS_OF, HOURS, topicOf } from "./topic-hours";
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
  const topic = topicOf("Healthy");
  const config = loadConfig(CONFIG_FILE);
  const deps = createDependencies(
    {
      ...config,
      importer: { ...config.importer, kind: "confluent-hdfs" },
      naming: { ...config.naming, rawPath: "/topics/{topic}" },
    },
    world.client,
  );
  for (const [i, span] of [
    ["0000000000", "0000000004"],
    ["0000000005", "0000000009"],
    ["0000000012", "0000000019"],
  ].entries())
    await world.hdfs.write(
      `/topics/${topic}/year=2018/month=06/day=18/hour=${12 + i}/${topic}+0+${span.join("+")}.json`,
      "{}",
    );
  const [found] = await auditTopics(
    deps,
    [topic],
    { since: HOURS[0]!, until: "2018-06-18T15" },
    AS_OF,
  );
  await deps.kafka.close();
  const partial = found!.findings.filter((f) => f.verdict === "import-partial");
  expect(partial).toHaveLength(1);
  expect(partial[0]!.why).toContain(
    "2 records of partition 0, offsets 10 to 12, are in no raw file",
  );
}, 60_000);

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
