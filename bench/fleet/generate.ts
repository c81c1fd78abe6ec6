import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  addHours,
  type Hour,
  hoursIn,
  hourStart,
  HOUR_MS,
  DAY_MS,
} from "../../lib/hour";
import { moveClockTo } from "../../sandbox/platform/clock";
import { sandboxKafka } from "../../sandbox/platform/commands";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { until } from "../../sandbox/platform/wait";
import {
  hadoopClasspath,
  java,
  refineClasspath,
} from "../../sandbox/platform/java";
import type { Tools } from "../../sandbox/platform/tools";
import { BEGIN, EVENTS, endOf, indexes, type Size, topicOf } from "./size";

const DONE = join(SANDBOX_DIR, "fleet.json");
const TEMPLATE = join(SANDBOX_DIR, "template.parquet");
const THREADS = "24";
/** Topics a request. */
const PRODUCED = 200;
const MANY_DAYS = String(90 * DAY_MS);

/** What stands already, so that an expensive fleet can be measured again. */
export function generated(): Size | undefined {
  return existsSync(DONE)
    ? (JSON.parse(readFileSync(DONE, "utf8")) as Size)
    : undefined;
}

export async function createTopics(size: Size): Promise<void> {
  const admin = sandboxKafka().admin();
  await admin.connect();
  const have = new Set(await admin.listTopics());
  const wanted = indexes(size)
    .map(topicOf)
    .filter((t) => !have.has(t));
  for (let i = 0; i < wanted.length; i += 100)
    await admin.createTopics({
      timeout: 60_000,
      waitForLeaders: false,
      topics: wanted.slice(i, i + 100).map((topic) => ({
        topic,
        numPartitions: 1,
        configEntries: [
          // Its hours are said by the generator, not by the broker's clock.
          { name: "message.timestamp.type", value: "CreateTime" },
          { name: "retention.ms", value: MANY_DAYS },
        ],
      })),
    });
  await until("every topic to have a leader", 120, async () => {
    const { topics } = await admin.fetchTopicMetadata({
      topics: indexes(size).map(topicOf),
    });
    return topics.every((t) => t.partitions.every((p) => p.leader >= 0));
  });
  await admin.disconnect();
}

async function produce(size: Size, hours: Hour[]): Promise<void> {
  const producer = sandboxKafka().producer({ idempotent: true });
  await producer.connect();
  for (const hour of hours) {
    const at = hourStart(hour);
    for (let i = 0; i < size.topics; i += PRODUCED)
      await producer.sendBatch({
        topicMessages: indexes(size)
          .slice(i, i + PRODUCED)
          .map((n) => ({
            topic: topicOf(n),
            messages: Array.from({ length: EVENTS }, (_, m) => ({
              value: "{}",
              timestamp: String(at + m * 60_000),
            })),
          })),
      });
  }
  await producer.disconnect();
}

/** Adds hours to the fleet: real messages, files, importer runs, partitions. @returns seconds */
async function add(
  size: Size,
  tools: Tools,
  since: Hour,
  hours: number,
): Promise<void> {
  const until = addHours(since, hours);
  const ms = String(hourStart(since));
  await Promise.all([
    produce(size, hoursIn({ since, until })),
    java(hadoopClasspath(tools), "com.linkedin.camus.etl.kafka.FleetRuns", [
      String(size.topics),
      ms,
      String(hourStart(BEGIN)),
      String(hours),
      String(EVENTS),
      TEMPLATE,
      THREADS,
    ]),
    java(refineClasspath(tools), "org.sisyphus.sandbox.FleetTables", [
      "create",
      String(size.topics),
      ms,
      String(hours),
    ]),
  ]);
}

export async function generate(size: Size, tools: Tools): Promise<void> {
  await java(refineClasspath(tools), "org.sisyphus.sandbox.FleetTables", [
    "template",
    TEMPLATE,
    String(EVENTS),
  ]);
  await moveClockTo(new Date(hourStart(endOf(size))));
  await createTopics(size);
  await add(size, tools, BEGIN, size.hours);
  writeFileSync(DONE, JSON.stringify(size));
}

/** One hour more for every topic. */
export async function oneHourMore(size: Size, tools: Tools): Promise<Size> {
  await moveClockTo(new Date(hourStart(endOf(size)) + HOUR_MS));
  await add(size, tools, endOf(size), 1);
  const grown = { ...size, hours: size.hours + 1 };
  writeFileSync(DONE, JSON.stringify(grown));
  return grown;
}
