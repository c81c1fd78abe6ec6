import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { ConfigResourceTypes } from "kafkajs";
import { SMTPServer } from "smtp-server";
import { parse, stringify } from "yaml";
import { auditTopics } from "../../activities/audit/audit";
import { Hdfs } from "../../clients/hdfs/hdfs";
import type { Alert } from "../../domain/incidents/alert";
import { type Hour, hoursIn, hourStart, partitionPath } from "../../lib/hour";
import { hourPath } from "../../importers/camus";
import type { Finding } from "../../domain/backfill/plan";
import { capsuleUuid } from "../../formats/eventlogging/event-capsule";
import { moveClockTo } from "../../sandbox/platform/clock";
import { CONFIG_FILE, environment } from "../../sandbox/platform/config";
import {
  range,
  refine,
  run,
  sandboxKafka,
  TRANSFORMS,
} from "../../sandbox/incident/incident";
import { ports } from "../../sandbox/platform/ports";
import { launch, runningPid, signal } from "../../sandbox/platform/processes";
import { java, refineClasspath } from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import {
  alertmanager,
  hasAlertmanager,
  setup,
} from "../../sandbox/platform/setup";
import { down, reset, up } from "../../sandbox/platform/up";
import { until } from "../../sandbox/platform/wait";
import { startWorker } from "../../sandbox/platform/worker";
import {
  OUTDATED_CLASS,
  outdatedJar,
  REFINE_CLASS,
  refineJar,
} from "../../sandbox/platform/wrappers";
import { loadConfig } from "../../workers/config";
import { connectClient } from "../../workers/connection";
import { createDependencies } from "../../workers/dependencies";
import { sisyphus } from "../support/cli";
import type {
  AuditReport,
  AuditSummary,
} from "../../domain/audit/audit-report";
import type { BackfillProgress } from "../../domain/backfill/progress";

/** A fleet in which every topic has its own trouble, made on the real services; each test looks at what audits make of it. */
const quiet = () => undefined;
const topicOf = (name: string) => `eventlogging_${name}`;
const HOURS = hoursIn({ since: "2018-06-18T12", until: "2018-06-18T16" });
const LONG = hoursIn({ since: "2018-06-18T12", until: "2018-06-19T00" });
/** Two hours after the newest: nothing is pending any more, and the importer has run lately. */
const AS_OF = "2018-06-19T04:04:00Z";
const RANGE = ["--since", "2018-06-18T11", "--until", "2018-06-19T02"];
const TOPICS = [
  "Healthy",
  "Silent",
  "Behind",
  "OutOfRange",
  "ShortRetention",
  "Drifted",
  "Removed",
  "Truncated",
  "RefineFails",
  "LateData",
  "Outdated",
  "RowsLost",
  "RowsTwice",
  "NoPartition",
  "NoLocation",
  "Undecodable",
  "StrangeFile",
  "HalfParquet",
  "BadFlag",
];
const raw = (name: string, hour: Hour) =>
  `/wmf/data/raw/eventlogging/${topicOf(name)}/hourly/${hourPath(hour)}`;
const refined = (name: string, hour: Hour) =>
  `/wmf/data/event/${name}/${partitionPath(hour)}`;

let client: Client;
let hdfs: Hdfs;
let received: {
  webhook: Alert[];
  mails: string[];
};
let refusing = true;
const servers: (Server | SMTPServer)[] = [];

let seq = 0;
function event(name: string, hour: Hour, minute = 30) {
  const dt = `${hour}:${String(minute).padStart(2, "0")}:00Z`;
  seq++;
  return JSON.stringify({
    dt,
    event: { action: "init" },
    ip: "81.2.69.142",
    recvFrom: "cp1066.eqiad.wmnet",
    revision: 1,
    schema: name,
    seqId: seq,
    uuid: capsuleUuid("cp1066.eqiad.wmnet", seq, dt),
    webHost: "en.wikipedia.org",
    wiki: "enwiki",
  });
}

async function listen(
  body: (text: string, refuse: () => void) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (d: Buffer) => (text += d.toString("utf8")));
    request.on("end", () => {
      let status = 200;
      body(text, () => (status = 503));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The real one, where Go is there to build it. @returns its address */
async function startAlertmanager(): Promise<string | undefined> {
  const binary = await alertmanager(quiet);
  if (!binary) return undefined;
  const dir = join(SANDBOX_DIR, "alertmanager");
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, "config.yml"),
    "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n",
  );
  const address = `127.0.0.1:${ports().alertmanager}`;
  launch("alertmanager", binary, [
    `--config.file=${join(dir, "config.yml")}`,
    `--storage.path=${dir}`,
    `--web.listen-address=${address}`,
    "--cluster.listen-address=",
  ]);
  await until(
    "Alertmanager",
    30,
    async () => (await fetch(`http://${address}/-/ready`)).ok,
  );
  return `http://${address}`;
}

/** Real receivers on loopback; the webhook refuses until it is told otherwise. */
async function receivers() {
  received = { webhook: [], mails: [] };
  const webhook = await listen((text, refuse) => {
    if (refusing) refuse();
    else received.webhook.push(JSON.parse(text) as Alert);
  });
  const alertmanager = await startAlertmanager();
  const smtp = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, _session, done) {
      let mail = "";
      stream.on("data", (d: Buffer) => (mail += d.toString("utf8")));
      stream.on("end", () => {
        received.mails.push(mail);
        done();
      });
    },
  });
  await new Promise<void>((done) => {
    smtp.listen(0, "127.0.0.1", done);
  });
  servers.push(smtp);
  return {
    webhook,
    ...(alertmanager ? { alertmanager } : {}),
    smtp: {
      host: "127.0.0.1",
      port: (smtp.server.address() as AddressInfo).port,
      from: "sisyphus@example.org",
      to: ["analytics@example.org"],
    },
  };
}

const camus = (at: string, ...args: string[]) => {
  moveClockTo(new Date(at));
  return run("camus", args);
};

/** The days before: four hours of traffic for all, twelve for one that then falls silent. */
async function traffic(): Promise<void> {
  const kafka = sandboxKafka();
  const admin = kafka.admin();
  // A first batch to new topics is often sent twice: idempotent, it is there once.
  const producer = kafka.producer({ idempotent: true });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    topics: TOPICS.map((t) => ({
      topic: topicOf(t),
      configEntries: [
        ...(t === "Drifted"
          ? [{ name: "message.timestamp.type", value: "CreateTime" }]
          : []),
      ],
    })),
  });
  let clock = "";
  const send = async (
    hour: Hour,
    names: string[],
    n: number | ((name: string) => number),
    of = hour,
  ) => {
    // Forward only: once an hour.
    if (clock !== hour) moveClockTo(new Date(hourStart(hour) + 59 * 60_000));
    clock = hour;
    await producer.sendBatch({
      topicMessages: names.map((name) => ({
        topic: topicOf(name),
        messages: Array.from(
          { length: typeof n === "number" ? n : n(name) },
          () => ({
            value: event(name, of),
            timestamp: String(hourStart(of) + 1_800_000),
          }),
        ),
      })),
    });
  };
  try {
    for (const hour of LONG) {
      if (HOURS.includes(hour))
        await send(
          hour,
          TOPICS.filter((t) => t !== "Silent"),
          (t) => (t === "RowsLost" && hour === HOURS[1] ? 20 : 5),
        );
      await send(hour, ["Silent"], 15);
    }
    await camus("2018-06-19T00:05:00Z");
    // Ten hours from now on: its importer is about to be further behind than that.
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topicOf("ShortRetention"),
          configEntries: [{ name: "retention.ms", value: "36000000" }],
        },
      ],
    });
    const tools = await setup(quiet);
    // A raw file that no Refine can read.
    await hdfs.write(
      `${raw("RefineFails", HOURS[2]!)}/${topicOf("RefineFails")}.1001.0.1.99.${hourStart(HOURS[2]!)}`,
      "SEQ and then nothing of the kind",
    );
    await refine(
      outdatedJar(tools),
      OUTDATED_CLASS,
      "json_refine_eventlogging_analytics",
      [...range(HOURS), "--table-whitelist", "Outdated"],
    );
    await refine(
      refineJar(tools),
      REFINE_CLASS,
      "refine_eventlogging_analytics",
      [...range(LONG), ...TRANSFORMS],
    );
    await send("2018-06-19T00", ["LateData"], 4, HOURS[0]);
    await send("2018-06-19T00", ["Behind", "ShortRetention"], 5);
    await producer.send({
      topic: topicOf("Undecodable"),
      messages: [{ value: "{ this is no JSON" }],
    });
    const deleteUpTo = async (name: string) => {
      const { high } = (await admin.fetchTopicOffsets(topicOf(name)))[0]!;
      await admin.deleteTopicRecords({
        topic: topicOf(name),
        partitions: [{ partition: 0, offset: high }],
      });
    };
    await deleteUpTo("ShortRetention");
    await camus(
      "2018-06-19T02:05:00Z",
      `-Dkafka.blacklist.topics=${topicOf("Behind")}`,
    );
    for (const name of ["OutOfRange", "Drifted"]) {
      await producer.send({
        topic: topicOf(name),
        messages: Array.from({ length: 3 }, () => ({
          value: event(name, "2018-06-19T00"),
        })),
      });
      await deleteUpTo(name);
    }
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

/** What hands and crashes do to files. */
async function tamper(): Promise<void> {
  const only = async (dir: string, suffix = "") =>
    `${dir}/${(await hdfs.list(dir))!.find((f) => !f.name.startsWith("_") && f.name.endsWith(suffix))!.name}`;
  const copy = async (from: string, to: string) =>
    hdfs.write(to, (await hdfs.read(from))!);
  const hour = HOURS[1]!;
  await hdfs.remove(await only(raw("Removed", hour)));
  const cut = await only(raw("Truncated", hour));
  await hdfs.write(cut, (await hdfs.read(cut))!.subarray(0, 60));
  await copy(
    await only(refined("RowsLost", HOURS[2]!), ".parquet"),
    await only(refined("RowsLost", hour), ".parquet"),
  );
  const twice = await only(refined("RowsTwice", hour), ".parquet");
  await copy(twice, twice.replace("part-", "part-again-"));
  for (const file of (await hdfs.list(refined("NoLocation", hour)))!)
    await hdfs.remove(`${refined("NoLocation", hour)}/${file.name}`);
  await hdfs.remove(refined("NoLocation", hour));
  await hdfs.write(`${raw("StrangeFile", hour)}/notes.txt`, "whose is this?");
  const half = await only(refined("HalfParquet", hour), ".parquet");
  await hdfs.write(half, (await hdfs.read(half))!.subarray(0, 300));
  await hdfs.write(`${refined("BadFlag", hour)}/_REFINED`, "yes");
  await java(
    refineClasspath(await setup(quiet)),
    "org.sisyphus.sandbox.FleetTables",
    ["drop", "nopartition", "2018", "6", "18", "13"],
  );
}

beforeAll(async () => {
  Object.assign(process.env, environment(ports()));
  process.env["SISYPHUS_SANDBOX_LOGS"] = "IFile/none";
  await reset(quiet);
  await up(quiet);
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as Record<
    string,
    unknown
  >;
  writeFileSync(
    CONFIG_FILE,
    stringify({
      ...config,
      alerts: await receivers(),
      canary: { topics: topicOf("Healthy") },
      policies: [{ topics: topicOf("Outdated"), repair: { start: true } }],
      audit: { lookbackHours: 15, batchTopics: 7, patience: 4 },
      metrics: { port: ports().metrics },
    }),
  );
  hdfs = new Hdfs({
    ...loadConfig(CONFIG_FILE).hdfs,
    allowedPrefixes: ["/wmf", "/topics"],
  });
  await traffic();
  await tamper();
  await startWorker();
  client = await connectClient();
}, 900_000);

afterAll(async () => {
  await client?.connection.close();
  for (const server of servers)
    await new Promise<void>((done) => server.close(() => done()));
  await down(quiet);
}, 120_000);

async function audit(asOf = AS_OF, args = RANGE): Promise<AuditReport> {
  const { stdout, stderr } = await sisyphus(
    "audit",
    "run",
    "--json",
    "--as-of",
    asOf,
    ...args,
  );
  if (stdout === "") throw new Error(stderr);
  const { report } = JSON.parse(stdout) as { report: string };
  return JSON.parse((await hdfs.readText(report))!) as AuditReport;
}
const table = (findings: Finding[]) =>
  findings
    .map((f) => `${f.topic.slice(13)} ${f.hour} ${f.verdict} ${f.cause}`)
    .sort();

test("every trouble gets its verdict and its cause, and nothing healthy is named", async () => {
  const report = await audit();
  const [h, i] = HOURS as [Hour, Hour];
  expect(table(report.audits.flatMap((a) => a.findings))).toEqual(
    [
      "Silent 2018-06-19T00 empty producer-silent",
      "Silent 2018-06-19T01 empty producer-silent",
      `Removed ${i} import-partial unknown`,
      `Truncated ${i} import-partial unknown`,
      `StrangeFile ${i} import-partial unknown`,
      // The sandbox's Refine infers a table's schema once a run: one unreadable file fails all of them.
      ...HOURS.map((x) => `RefineFails ${x} refine-failed refine-error`),
      `LateData ${h} late producer-late`,
      ...HOURS.map((x) => `Outdated ${x} refine-outdated outdated-job`),
      `RowsLost ${i} rows-lost unknown`,
      `RowsTwice ${i} rows-duplicated unknown`,
      `HalfParquet ${i} rows-lost unknown`,
      `BadFlag ${i} refine-stale refine-not-running`,
      "Behind 2018-06-19T00 import-missing importer-slow",
      "Undecodable 2018-06-19T01 import-partial importer-errors",
      // Which of the hours since the last import the deleted offsets were of, nothing tells.
      ...hoursIn({ since: "2018-06-18T16", until: "2018-06-19T02" }).flatMap(
        (x) => [
          `OutOfRange ${x} lost-from-kafka offset-out-of-range`,
          `ShortRetention ${x} lost-from-kafka retention-too-short`,
          `Drifted ${x} lost-from-kafka config-drift`,
        ],
      ),
      `NoPartition ${i} partition-missing unknown`,
      `NoLocation ${i} partition-missing unknown`,
    ].sort(),
  );
}, 120_000);

test("topics that break by one cause are one alert, and a receiver that fails loses none and delays no other", async () => {
  const causes = () =>
    received.mails
      .flatMap((m) => /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(m)?.[1] ?? [])
      .map((subject) => subject.replaceAll(/\s+/g, " "));
  await until("the e-mails", 30, () =>
    causes().some((subject) => subject.includes("topics are broken: unknown")),
  );
  const unknown = causes().filter((subject) => subject.endsWith("unknown"));
  expect(unknown).toEqual(["[sisyphus] error: 8 topics are broken: unknown"]);
  expect(received.webhook).toEqual([]);
  refusing = false;
  // What is raised meanwhile goes to both; once no more is under way, each has heard the same.
  await until(
    "the webhook's alerts",
    60,
    () =>
      received.webhook.length > 0 &&
      received.webhook.length === received.mails.length,
  );
  expect(new Set(received.webhook.map((a) => a.id)).size).toBe(
    received.webhook.length,
  );
}, 180_000);

// Told as skipped, where there is no Go to build it with.
const withAlertmanager = hasAlertmanager() ? test : test.skip;

withAlertmanager(
  "Alertmanager shows an alert for every topic of one cause",
  async () => {
    const { alertmanager } = loadConfig(CONFIG_FILE).alerts;
    type Shown = {
      labels: { subject: string; alertname: string };
      annotations: { cause: string };
      status: { state: string };
    };
    const shown = await until("the alerts", 30, async () => {
      const all = (await (
        await fetch(`${alertmanager}/api/v2/alerts`)
      ).json()) as Shown[];
      return all.length >= 15 && all;
    });
    const of = (cause: string) =>
      shown
        .filter((a) => a.annotations.cause === cause)
        .map((a) => a.labels.subject)
        .sort();
    expect(of("producer-silent")).toEqual([topicOf("Silent")]);
    expect(of("unknown")).toEqual(
      [
        ...["HalfParquet", "NoLocation", "NoPartition", "Removed", "RowsLost"],
        ...["RowsTwice", "StrangeFile", "Truncated"],
      ].map(topicOf),
    );
    expect(new Set(shown.map((a) => a.status.state))).toEqual(
      new Set(["active"]),
    );
  },
  60_000,
);

test("an incident is acknowledged and snoozed, and refuses nonsense", async () => {
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
  expect((await sisyphus("incident", "show", topic)).stdout).toContain(
    "acknowledged by otto",
  );
}, 60_000);

test("explain tells each stage's evidence and why the verdict follows", async () => {
  const { stdout } = await sisyphus(
    "audit",
    "explain",
    topicOf("Removed"),
    HOURS[1]!,
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
  const first = await audit("2018-06-19T02:21:00Z", []);
  const again = await audit("2018-06-19T02:22:00Z", []);
  const findings = (r: AuditReport) =>
    table(r.audits.flatMap((a) => a.findings));
  expect(findings(again)).toEqual(findings(first));
  expect(again.requests["HDFS"]!).toBeLessThan(first.requests["HDFS"]! * 0.75);
}, 120_000);

test("an importer that has stopped is named as such", async () => {
  const { audits } = await audit("2018-06-19T06:04:00Z", [
    "--topics",
    topicOf("Behind"),
    ...RANGE,
  ]);
  const found = audits[0]!.findings;
  expect(table(found)).toEqual([
    "Behind 2018-06-19T00 import-missing importer-not-running",
  ]);
  expect(found[0]!.why).toMatch(/its newest run is of 2018-06-19T02:05:0\d/);
}, 60_000);

test("a raw file that is truncated between two audits is found by the next", async () => {
  const dir = raw("Drifted", HOURS[2]!);
  const { name } = (await hdfs.list(dir))!.find(
    (f) => !f.name.startsWith("_"),
  )!;
  const before = (await hdfs.read(`${dir}/${name}`))!;
  const find = async (minute: number) =>
    (await audit(`2018-06-19T02:${minute}:00Z`, [])).audits
      .find((a) => a.topic === topicOf("Drifted"))!
      .findings.filter((f) => f.hour === HOURS[2])
      .map((f) => f.verdict);
  expect(await find(31)).toEqual([]);
  await hdfs.write(`${dir}/${name}`, before.subarray(0, 60));
  expect(await find(32)).toEqual(["import-partial"]);
}, 120_000);

test("an audit's report opens in a browser where its link says", async () => {
  const { stdout } = await sisyphus("audit", "show", "--json");
  const report = JSON.parse(stdout) as AuditReport;
  const link = `http://127.0.0.1:${ports().metrics}/reports/${report.workflowId.replaceAll(":", "_")}/audit.html`;
  const page = await fetch(link);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toContain(topicOf("Silent"));
  const { result } = (await client.workflow
    .getHandle(report.workflowId)
    .result()
    .then((r: unknown) => ({ result: r }))) as { result: AuditSummary };
  expect(result.link).toBe(link);
  for (const path of ["../../etc/audit.html", "x/plan.json", "x/audit.html"])
    expect(
      (await fetch(`http://127.0.0.1:${ports().metrics}/reports/${path}`))
        .status,
    ).toBe(404);
}, 60_000);

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
    topics: TOPICS.length,
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

test("metrics tell what the newest audit found", async () => {
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

test("schedules are applied from a file, and a difference is told", async () => {
  const file = `${CONFIG_FILE}.schedules`;
  const spec = (minutes: number[]) =>
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
  spec([20]);
  expect((await sisyphus("schedules", "diff", file)).code).toBe(3);
  await sisyphus("schedules", "apply", file);
  expect((await sisyphus("schedules", "diff", file)).stdout).toContain(
    "no difference",
  );
  spec([25]);
  const differs = await sisyphus("schedules", "diff", file);
  expect(differs.code).toBe(3);
  expect(differs.stdout).toMatch(/hourly-audit +minutes +\[20\] +\[25\]/);
  spec([75]);
  expect((await sisyphus("schedules", "apply", file)).stderr).toContain(
    "schedules.0.minutes.0",
  );
}, 60_000);

test("another importer's files are audited as well: a hole between two of them is found", async () => {
  const topic = topicOf("Healthy");
  const deps = createDependencies(
    {
      ...loadConfig(CONFIG_FILE),
      importer: { ...loadConfig(CONFIG_FILE).importer, kind: "confluent-hdfs" },
      naming: {
        ...loadConfig(CONFIG_FILE).naming,
        rawPath: "/topics/{topic}",
      },
    },
    client,
  );
  for (const [i, span] of [
    ["0000000000", "0000000004"],
    ["0000000005", "0000000009"],
    ["0000000012", "0000000019"],
  ].entries())
    await hdfs.write(
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

test("where a topic's policy says so, its incident plans the repair itself, waits for approval and closes", async () => {
  const id = "backfill/by-policy";
  const topic = topicOf("Outdated");
  const saga = client.workflow.getHandle(id);
  const plan = await until("the plan", 60, async () => {
    const p = await saga.query<BackfillProgress>("progress");
    return p.phase === "approve" && p.plan;
  });
  expect(plan.topics.map((t) => [t.topic, t.hours])).toEqual([[topic, HOURS]]);
  const incident = client.workflow.getHandle(`incident/${topic}`);
  await saga.executeUpdate("approve", { args: [plan.digest] });
  expect(await saga.result()).toMatchObject({
    holds: true,
    numbers: {
      verified: { problems: [], deep: { different: 0 } },
      // IndexedFile: every planned partition is accounted for by the logs themselves.
      refine: {
        logs: {
          attempts: 1,
          outcomes: [{ outcome: "finished", planned: HOURS.length }],
        },
      },
    },
  });
  expect(await incident.result()).toMatchObject({
    phase: "closed",
    backfill: id,
  });
}, 240_000);

test("a canary is followed through every stage, and nobody's counts have it", async () => {
  const hour = "2018-06-19T02";
  const handle = await client.workflow.start("canary", {
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
  await camus("2018-06-19T05:05:00Z");
  await refine(
    refineJar(await setup(quiet)),
    REFINE_CLASS,
    "refine_eventlogging_analytics",
    [...range([hour]), "--table-whitelist", "Healthy", ...TRANSFORMS],
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

test("a service that is down makes its stage unknowable and is one alert of its own", async () => {
  signal(runningPid("metastore")!, "SIGKILL");
  const report = await audit();
  expect(report.outages).toMatchObject([{ service: "Hive metastore" }]);
  const healthy = report.audits.find((a) => a.topic === topicOf("Healthy"))!;
  expect(healthy.cells[HOURS[0]!]).toBe("unknowable");
  expect(healthy.findings).toEqual([]);
  await until("the outage's alert", 60, () =>
    received.webhook.some((a) => a.kind === "outage"),
  );
}, 180_000);
