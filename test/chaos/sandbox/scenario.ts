import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Config } from "../../../domain/settings/config";
import { addHours, type Hour, hourStart } from "../../../lib/hour";
import type { EventCapsule } from "../../../formats/eventlogging/event-capsule";
import { capsuleTime } from "../../../formats/eventlogging/event-time";
import { moveClockTo } from "../../../sandbox/platform/clock";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { eventsOf } from "../../../sandbox/incident/events";
import { archiveLine } from "../../../sandbox/incident/producers";
import { runCommand, sandboxKafka } from "../../../sandbox/platform/commands";
import { ARCHIVE_DIR, SANDBOX_DIR } from "../../../sandbox/platform/paths";
import { ports } from "../../../sandbox/platform/ports";
import { refineHoursOutdated } from "../../../sandbox/platform/refine";
import { setup } from "../../../sandbox/platform/setup";
import { until } from "../../../sandbox/platform/wait";
import { grant, mkdirs, PLAIN_USER } from "./hdfs-admin";

/** The worker's configuration: another HDFS user, proxies before HDFS and the metastore, a replay that takes seconds. */
export const CHAOS_CONFIG = join(SANDBOX_DIR, "chaos.yaml");

/** One seed's topic and what was lost of it. */
export type Scenario = {
  seed: number;
  topic: string;
  schema: string;
  asOf: string;
  /** Refined by the outdated job, lost from Kafka before the import, and stuck: one hour each. */
  hours: { outdated: Hour; lost: Hour; stuck: Hour };
};

const FIRST_DAY: Hour = "2018-07-01T00";
const RATE = 9;

const storyOf = (schema: string) => ({
  schema,
  revision: 18_000_000,
  rate: RATE,
  archived: true,
  seconds: false,
});

export const eventsIn = (s: Scenario, hour: Hour): EventCapsule[] =>
  eventsOf(storyOf(s.schema), hour);

export function writeChaosConfig(
  file = CHAOS_CONFIG,
  change: (config: Config) => void = () => undefined,
): void {
  const p = ports();
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as Config;
  delete config.metrics;
  delete config.mysql;
  config.hdfs = {
    webhdfs: `http://127.0.0.1:${p.webHdfsProxy}`,
    user: PLAIN_USER,
  };
  config.hive = { metastore: `127.0.0.1:${p.metastoreProxy}` };
  config.replay = { ...config.replay, eventsPerSecond: 4, batchEvents: 2 };
  change(config);
  writeFileSync(file, stringify(config));
}

/** Gives the plain user its rights, in directories that exist and that will. */
export async function openHdfs(): Promise<void> {
  for (const path of [
    "/wmf/data/event",
    "/wmf/data/raw",
    "/wmf/data/sisyphus",
    "/wmf/camus",
    "/var/log/hadoop-yarn/apps",
  ]) {
    await mkdirs(path);
    const parts = path.split("/");
    for (let i = 1; i <= parts.length; i++)
      await grant(parts.slice(0, i).join("/") || "/");
  }
}

/** Plays one small incident for several seeds at once; each batch has a day of its own, as the sandbox's calendar only goes forward. */
export async function prepare(
  batch: number,
  seeds: number[],
): Promise<Scenario[]> {
  const day = addHours(FIRST_DAY, 24 * batch);
  const hours = {
    outdated: addHours(day, 1),
    lost: addHours(day, 2),
    stuck: addHours(day, 3),
  };
  const asOf = new Date(hourStart(addHours(day, 8))).toISOString();
  const scenarios = seeds.map((seed): Scenario => {
    const schema = `Chaos${String(seed).padStart(4, "0")}`;
    return { seed, schema, topic: `eventlogging_${schema}`, asOf, hours };
  });
  const kafka = sandboxKafka();
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  const produce = async (hour: Hour) => {
    await moveClockTo(new Date(hourStart(hour) + 59 * 60_000));
    const all = scenarios.map((s) => ({ s, events: eventsIn(s, hour) }));
    await producer.sendBatch({
      topicMessages: all.map(({ s, events }) => ({
        topic: s.topic,
        messages: events.map((e) => ({
          value: JSON.stringify(e),
          timestamp: String(capsuleTime(e)),
        })),
      })),
    });
    mkdirSync(ARCHIVE_DIR, { recursive: true });
    appendFileSync(
      join(ARCHIVE_DIR, "all-events.log"),
      all
        .flatMap(({ events }) => events)
        .map((e) => `${archiveLine(e)}\n`)
        .join(""),
    );
  };
  const camus = async (at: Hour) => {
    await moveClockTo(new Date(hourStart(at) + 5 * 60_000));
    await runCommand("camus", [
      `-Dkafka.whitelist.topics=${scenarios.map((s) => s.topic).join(",")}`,
    ]);
  };
  try {
    await admin.createTopics({
      topics: scenarios.map(({ seed, topic }) => ({
        topic,
        numPartitions: 1 + (seed % 2),
        configEntries: [
          { name: "message.timestamp.type", value: "CreateTime" },
          ...(seed % 3 === 0
            ? [{ name: "retention.ms", value: "604800000" }]
            : []),
        ],
      })),
    });
    await produce(hours.outdated);
    await camus(hours.lost);
    await refineHoursOutdated(
      await setup(() => undefined),
      [hours.outdated],
      scenarios.map((s) => s.schema),
    );
    await produce(hours.lost);
    for (const { topic } of scenarios)
      await admin.deleteTopicRecords({
        topic,
        partitions: (await admin.fetchTopicOffsets(topic)).map((o) => ({
          partition: o.partition,
          offset: o.high,
        })),
      });
    // A broker that is killed before it has written this down would bring the deleted events back.
    await until("the broker to note what it has deleted", 30, () => {
      const noted = readFileSync(
        join(SANDBOX_DIR, "kafka", "log-start-offset-checkpoint"),
        "utf8",
      );
      return scenarios.every(({ topic }) => noted.includes(`${topic} `));
    });
    await produce(hours.stuck);
    await camus(addHours(hours.stuck, 1));
    await moveClockTo(new Date(asOf));
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
  return scenarios;
}
