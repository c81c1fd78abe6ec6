import type { AuditReport } from "../../../domain/audit/audit-report";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { runningPid, signal } from "../../../sandbox/platform/processes";
import { hasAlertmanager } from "../../../sandbox/platform/setup";
import { until } from "../../../sandbox/platform/wait";
import { wholeReceiver } from "../../../domain/settings/sections/receiver-address";
import { loadConfig } from "../../../workers/config";
import { sisyphus } from "../../support/cli";
import { Receivers } from "./receivers";
import {
  AS_OF,
  HOURS,
  rawDir,
  RANGE,
  SECOND_HOUR,
  topicOf,
} from "./topic-hours";
import { topicsWithCause, TROUBLES } from "./troubles";
import {
  audit,
  buildWorld,
  endWorld,
  expectedLines,
  findingLines,
  type World,
} from "./world";

/**
 * Every trouble there is, in one fleet: what audits make of it, and what people hear of it.
 * Told in order: alerts and incidents are those of the first audit, and the last test ends a service.
 */
let world: World;
const receivers = new Receivers();

beforeAll(async () => {
  world = await buildWorld({
    troubles: TROUBLES,
    settings: async () => ({ alerts: await receivers.start() }),
  });
}, 900_000);

afterAll(async () => {
  await receivers.stop();
  await endWorld(world);
}, 120_000);

const linesOf = (report: AuditReport) =>
  findingLines(report.audits.flatMap((a) => a.findings));

test("every trouble gets its verdict and its cause, and nothing healthy is named", async () => {
  expect(linesOf(await audit(world))).toEqual(expectedLines(TROUBLES));
}, 120_000);

test("topics that break by one cause are one alert, and a receiver that fails loses none and delays no other", async () => {
  const subjects = () =>
    receivers.mails
      .flatMap((m) => /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(m)?.[1] ?? [])
      .map((subject) => subject.replaceAll(/\s+/g, " "));
  await until("the e-mails", 30, () =>
    subjects().some((subject) =>
      subject.includes("topics are broken: unknown"),
    ),
  );
  expect(subjects().filter((subject) => subject.endsWith("unknown"))).toEqual([
    `[sisyphus] error: ${topicsWithCause("unknown").length} topics are broken: unknown`,
  ]);
  expect(receivers.webhook).toEqual([]);
  receivers.webhookRefuses = false;
  // What is raised meanwhile goes to both; once no more is under way, each has received the same.
  await until(
    "the webhook's alerts",
    60,
    () =>
      receivers.webhook.length > 0 &&
      receivers.webhook.length === receivers.mails.length,
  );
  expect(new Set(receivers.webhook.map((a) => a.id)).size).toBe(
    receivers.webhook.length,
  );
}, 180_000);

// Counted as skipped where there is no Go to build it with.
const withAlertmanager = hasAlertmanager() ? test : test.skip;

withAlertmanager(
  "Alertmanager shows an alert for every topic of one cause",
  async () => {
    const { url } = wholeReceiver(loadConfig(CONFIG_FILE).alerts.alertmanager!);
    type Shown = {
      labels: { subject: string; alertname: string };
      annotations: { cause: string };
      status: { state: string };
    };
    const shown = await until("the alerts", 30, async () => {
      const all = (await (
        await fetch(`${url}/api/v2/alerts`)
      ).json()) as Shown[];
      return all.length >= 15 && all;
    });
    const subjectsOf = (cause: string) =>
      shown
        .filter((a) => a.annotations.cause === cause)
        .map((a) => a.labels.subject)
        .sort();
    expect(subjectsOf("producer-silent")).toEqual([topicOf("Silent")]);
    expect(subjectsOf("unknown")).toEqual(topicsWithCause("unknown"));
    expect(new Set(shown.map((a) => a.status.state))).toEqual(
      new Set(["active"]),
    );
  },
  60_000,
);

test("an incident is acknowledged and snoozed, is not closed while hours are broken, and refuses nonsense", async () => {
  const topic = topicOf("Removed");
  expect(
    (await sisyphus("incident", "ack", topic, "--by", "otto")).stdout,
  ).toContain("acknowledged by otto");
  expect((await sisyphus("incident", "snooze", topic, "8")).stdout).toContain(
    "snoozed until",
  );
  expect((await sisyphus("incident", "snooze", topic, "-1")).stderr).toContain(
    "hours: given -1, allowed are more than 0",
  );
  expect((await sisyphus("incident", "close", topic)).stderr).toContain(
    "hours are broken",
  );
  expect((await sisyphus("incident", "show", topic)).stdout).toContain(
    "acknowledged by otto",
  );
}, 60_000);

test("explain shows each stage's evidence and why the verdict follows", async () => {
  const { stdout } = await sisyphus(
    "audit",
    "explain",
    topicOf("Removed"),
    SECOND_HOUR,
    "--as-of",
    AS_OF,
  );
  expect(stdout).toMatch(/imported \(raw files\) +0 records in 0 files/);
  expect(stdout).toMatch(/refined +5 rows, geocoded/);
  expect(stdout).toContain(
    "import-partial, unknown: 5 records of partition 0, offsets 0 to 20",
  );
  const shown = await sisyphus("audit", "topic", topicOf("Silent"));
  expect(shown.stdout).toContain("nothing since 2018-06-18T23");
}, 60_000);

test("a repeated audit reads again only what changed, and finds the same", async () => {
  const first = await audit(world, "2018-06-19T02:21:00Z", []);
  const again = await audit(world, "2018-06-19T02:22:00Z", []);
  expect(linesOf(again)).toEqual(linesOf(first));
  expect(again.requests["HDFS"]!).toBeLessThan(first.requests["HDFS"]! * 0.75);
}, 120_000);

test("an importer that has stopped is named as such", async () => {
  const { audits } = await audit(world, "2018-06-19T06:04:00Z", [
    "--topics",
    topicOf("Behind"),
    ...RANGE,
  ]);
  const found = audits[0]!.findings;
  expect(findingLines(found)).toEqual([
    "Behind 2018-06-19T00 import-missing importer-not-running",
  ]);
  expect(found[0]!.why).toMatch(/its newest run is of 2018-06-19T02:05:0\d/);
}, 60_000);

test("a raw file that is truncated between two audits is found by the next", async () => {
  const { hdfs } = world;
  const dir = rawDir("Drifted", HOURS[2]!);
  const { name } = (await hdfs.list(dir))!.find(
    (f) => !f.name.startsWith("_"),
  )!;
  const before = (await hdfs.read(`${dir}/${name}`))!;
  const verdictsAt = async (minute: number) =>
    (await audit(world, `2018-06-19T02:${minute}:00Z`, [])).audits
      .find((a) => a.topic === topicOf("Drifted"))!
      .findings.filter((f) => f.hour === HOURS[2])
      .map((f) => f.verdict);
  expect(await verdictsAt(31)).toEqual([]);
  await hdfs.write(`${dir}/${name}`, before.subarray(0, 60));
  expect(await verdictsAt(32)).toEqual(["import-partial"]);
}, 120_000);

test("a service that is down makes its stage unknowable and is one alert of its own", async () => {
  signal(runningPid("metastore")!, "SIGKILL");
  const report = await audit(world);
  expect(report.outages).toMatchObject([{ service: "Hive metastore" }]);
  const healthy = report.audits.find((a) => a.topic === topicOf("Healthy"))!;
  expect(healthy.cells[HOURS[0]!]).toBe("unknowable");
  expect(healthy.findings).toEqual([]);
  await until("the outage's alert", 60, () =>
    receivers.webhook.some((a) => a.kind === "outage"),
  );
}, 180_000);
