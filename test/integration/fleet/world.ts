import { readFileSync, writeFileSync } from "node:fs";
import type { Client } from "@temporalio/client";
import type { Admin, Producer } from "kafkajs";
import { parse, stringify } from "yaml";
import type { z } from "zod";
import { Hdfs } from "../../../clients/hdfs/hdfs";
import type { AuditReport } from "../../../domain/audit/audit-report";
import type { Finding } from "../../../domain/backfill/plan";
import type { configSchema } from "../../../domain/settings/config";
import { capsuleUuid } from "../../../formats/eventlogging/event-capsule";
import { type Hour, hourStart } from "../../../lib/hour";
import { moveClockTo } from "../../../sandbox/platform/clock";
import { runCommand, sandboxKafka } from "../../../sandbox/platform/commands";
import { CONFIG_FILE, enterSandbox } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import {
  refineHours,
  refineHoursOutdated,
} from "../../../sandbox/platform/refine";
import { setup } from "../../../sandbox/platform/setup";
import { down, reset, up } from "../../../sandbox/platform/up";
import { until } from "../../../sandbox/platform/wait";
import { startWorker } from "../../../sandbox/platform/worker";
import { loadConfig } from "../../../workers/config";
import { connectClient } from "../../../workers/connection";
import { sisyphus } from "../../support/cli";
import { AS_OF, HOURS, LONG, RANGE, topicOf } from "./topic-hours";
import type { Hands, Trouble } from "./trouble";

/** A fleet in which every topic has its own trouble, made on the real services. */
export type World = { client: Client; hdfs: Hdfs };

export type Wanted = {
  troubles: Trouble[];
  /** Settings beside the sandbox's own; asked for once the sandbox is up and before a worker reads them. */
  settings?: () =>
    | Partial<z.input<typeof configSchema>>
    | Promise<Partial<z.input<typeof configSchema>>>;
};

const quiet = () => undefined;

/** Makes the sandbox anew, gives it traffic and troubles, and starts a worker. Takes one to two minutes. */
export async function buildWorld(wanted: Wanted): Promise<World> {
  process.env["SISYPHUS_SANDBOX_LOGS"] = "IFile/none";
  await reset(quiet);
  await up(quiet);
  enterSandbox();
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as Record<
    string,
    unknown
  >;
  writeFileSync(
    CONFIG_FILE,
    stringify({
      ...config,
      audit: { lookbackHours: 15, batchTopics: 7, patience: 4 },
      metrics: { port: ports().metrics },
      ...(await wanted.settings?.()),
    }),
  );
  const hdfs = new Hdfs({
    ...loadConfig(CONFIG_FILE).hdfs,
    allowedPrefixes: ["/wmf", "/topics"],
  });
  await play(wanted, hdfs);
  await startWorker();
  return { client: await connectClient(), hdfs };
}

/** Ends the sandbox, also where the world was not built to its end. */
export async function endWorld(world: World | undefined): Promise<void> {
  await world?.client.connection.close();
  await down(quiet);
}

/** One run of the importer at a time of the calendar, to its end. */
export async function runCamus(at: string, ...args: string[]): Promise<number> {
  await moveClockTo(new Date(at));
  return runCommand("camus", args);
}

/** An audit as an operator runs it. @throws Error with what the command says, where it prints no result */
export async function audit(
  { hdfs }: World,
  asOf = AS_OF,
  args = RANGE,
): Promise<AuditReport> {
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

/** What is compared of findings: a line each, in the alphabet's order. */
export const findingLines = (findings: Finding[]): string[] =>
  findings
    .map((f) => `${f.topic.slice(13)} ${f.hour} ${f.verdict} ${f.cause}`)
    .sort();

/** The findings that the table of troubles asks for, as {@link findingLines} writes them. */
export const expectedLines = (troubles: Trouble[]): string[] =>
  troubles
    .flatMap((t) => [
      ...(t.partly ? [`${t.name} ${t.partly} import-partial ${t.cause}`] : []),
      ...t.hours.map((hour) => `${t.name} ${hour} ${t.verdict} ${t.cause}`),
    ])
    .sort();

/** Traffic, two imports with Refine between them, and every trouble when its time has come. */
async function play({ troubles }: Wanted, hdfs: Hdfs): Promise<void> {
  const tools = await setup(quiet);
  const kafka = sandboxKafka();
  const admin = kafka.admin();
  // A first batch to new topics is often sent twice: idempotent, it is there once.
  const producer = kafka.producer({ idempotent: true });
  const transactional = kafka.producer({
    idempotent: true,
    transactionalId: "fleet",
    maxInFlightRequests: 1,
  });
  await Promise.all([
    admin.connect(),
    producer.connect(),
    transactional.connect(),
  ]);
  try {
    const hands = {
      admin,
      hdfs,
      tools,
      event,
      transactional,
      ...kafkaHands(admin, producer),
      ...fileHands(hdfs),
    };
    const each = async (
      when:
        "afterFirstImport" | "beforeLastImport" | "afterLastImport" | "tamper",
    ) => {
      for (const trouble of troubles) await trouble[when]?.(hands);
    };
    await createTopics(admin, troubles);
    for (const hour of LONG) await hands.sendTraffic(hour, troubles);
    await runCamus("2018-06-19T00:05:00Z");
    await each("afterFirstImport");
    const outdated = troubles.filter((t) => t.isRefinedByOutdatedJob);
    if (outdated.length > 0)
      await refineHoursOutdated(
        tools,
        HOURS,
        outdated.map((t) => t.name),
      );
    await refineHours(tools, LONG);
    await each("beforeLastImport");
    const skipped = troubles.filter((t) => t.isSkippedByLastImport);
    await runCamus(
      "2018-06-19T02:05:00Z",
      ...(skipped.length > 0
        ? [
            `-Dkafka.blacklist.topics=${skipped.map((t) => topicOf(t.name)).join(",")}`,
          ]
        : []),
    );
    await each("afterLastImport");
    await each("tamper");
  } finally {
    await Promise.all([
      admin.disconnect(),
      producer.disconnect(),
      transactional.disconnect(),
    ]);
  }
}

async function createTopics(admin: Admin, troubles: Trouble[]): Promise<void> {
  await admin.createTopics({
    topics: troubles.map(({ name, partitions = 1, settings = {} }) => ({
      topic: topicOf(name),
      numPartitions: partitions,
      configEntries: Object.entries(settings).map(([key, value]) => ({
        name: key,
        value,
      })),
    })),
  });
}

let seq = 0;
/** The JSON of an event of the middle of an hour; no two are the same. */
function event(name: string, hour: Hour): string {
  const dt = `${hour}:30:00Z`;
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

function kafkaHands(
  admin: Admin,
  producer: Producer,
): Pick<Hands, "send" | "sendTexts" | "deleteAll" | "recreate"> & {
  sendTraffic: (hour: Hour, troubles: Trouble[]) => Promise<void>;
} {
  let clock = "";
  const sendAll = async (
    hour: Hour,
    counts: { name: string; count: number; partitions?: number }[],
    eventsOf: Hour,
  ) => {
    // The calendar only goes forward: it is moved once an hour.
    if (clock !== hour)
      await moveClockTo(new Date(hourStart(hour) + 59 * 60_000));
    clock = hour;
    await producer.sendBatch({
      topicMessages: counts.map(({ name, count, partitions = 1 }) => ({
        topic: topicOf(name),
        // Chosen here: kafkajs would spread a batch anew when it has to send it again.
        messages: Array.from({ length: count }, (_, i) => ({
          partition: i % partitions,
          value: event(name, eventsOf),
          timestamp: String(hourStart(eventsOf) + 1_800_000),
        })),
      })),
    });
  };
  return {
    sendTraffic: async (hour, troubles) => {
      const counts = troubles
        .map((t) => ({
          name: t.name,
          partitions: t.partitions ?? 1,
          count: t.traffic?.(hour) ?? (HOURS.includes(hour) ? 5 : 0),
        }))
        .filter(({ count }) => count > 0);
      if (counts.length > 0) await sendAll(hour, counts, hour);
    },
    send: (name, count, hour, { eventsOf = hour, partitions = 1 } = {}) =>
      sendAll(hour, [{ name, count, partitions }], eventsOf),
    sendTexts: async (name, texts, date) => {
      await producer.send({
        topic: topicOf(name),
        messages: texts.map((value) => ({
          value,
          ...(date === undefined ? {} : { timestamp: String(date) }),
        })),
      });
    },
    deleteAll: async (name) => {
      const topic = topicOf(name);
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({
        topic,
        partitions: ends.map(({ partition, high }) => ({
          partition,
          offset: high,
        })),
      });
    },
    recreate: async (name) => {
      const topic = topicOf(name);
      await admin.deleteTopics({ topics: [topic] });
      await until(
        `the end of ${topic}`,
        30,
        async () => !(await admin.listTopics()).includes(topic),
      );
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    },
  };
}

const fileHands = (hdfs: Hdfs): Pick<Hands, "fileIn" | "copy"> => ({
  fileIn: async (dir, suffix = "") =>
    `${dir}/${(await hdfs.list(dir))!.find((f) => !f.name.startsWith("_") && f.name.endsWith(suffix))!.name}`,
  copy: async (from, to) => hdfs.write(to, (await hdfs.read(from))!),
});
