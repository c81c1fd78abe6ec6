import { execFile, spawn } from "node:child_process";
import { createWriteStream, openSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { storeMissing } from "../../activities/backfill/search/store-missing";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Storage } from "../../clients/storage";
import type { MissingTopic } from "../../domain/backfill/missing";
import { candidateOf, type MissingEvent } from "../../formats/candidate";
import {
  capsuleUuid,
  type EventCapsule,
} from "../../formats/eventlogging/event-capsule";
import { moveClockTo } from "../../sandbox/platform/clock";
import { sandboxKafka } from "../../sandbox/platform/commands";
import { CONFIG_FILE } from "../../sandbox/platform/config";
import { brokerClasspath } from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { ports } from "../../sandbox/platform/ports";
import { setup } from "../../sandbox/platform/setup";
import { down, reset, up } from "../../sandbox/platform/up";
import { loadConfig } from "../../workers/config";
import { alternating, secondsOf } from "../alternating";
import { capsuleTime } from "../../formats/eventlogging/event-time";

type Options = {
  sizes: number[];
  rounds: number;
  partitions: number;
  compression: string;
};

const say = (line: string) => console.log(line);
const run = promisify(execFile);
const BYTES = 1024;
/** What the console producer reads: a file on the disk of the broker's logs. */
const INPUT = join(SANDBOX_DIR, "events.json");

/** Events of 1 KB each, in the order of their times. */
function* events(count: number): Generator<EventCapsule> {
  for (let i = 0; i < count; i++) {
    const dt = new Date(Date.UTC(2018, 6, 4) + Math.floor((i / count) * 72e6))
      .toISOString()
      .replace(/\.\d+Z/, "Z");
    const event: EventCapsule = {
      event: { pageId: i, action: "init", text: "" },
      schema: "Replayed",
      revision: 18_000_000,
      wiki: "enwiki",
      uuid: capsuleUuid("cp1", i, dt),
      recvFrom: "cp1.eqiad.wmnet",
      seqId: i,
      dt,
      topic: "eventlogging_Replayed",
    };
    event.event = {
      ...event.event,
      text: "lorem ipsum ".repeat(100).slice(0, BYTES - JSON.stringify(event).length), // prettier-ignore
    };
    yield event;
  }
}

async function* missingEvents(count: number): AsyncGenerator<MissingEvent> {
  for (const event of events(count))
    yield {
      ...candidateOf(
        "Replayed",
        0,
        { uuid: event.uuid, ms: capsuleTime(event) },
        JSON.stringify(event),
      ),
      copies: 1,
    };
}

/** The events as lines, for the console producer. */
async function writeLines(count: number): Promise<void> {
  const file = createWriteStream(INPUT);
  for (const event of events(count))
    if (!file.write(`${JSON.stringify(event)}\n`)) await once(file, "drain");
  file.end();
  await once(file, "close");
}

const makeTopics = () => {
  let made = 0;
  const admin = sandboxKafka().admin();
  return {
    make: async (name: string, partitions: number) => {
      const topic = `${name}_${++made}`;
      await admin.connect();
      await admin.createTopics({
        topics: [
          {
            topic,
            numPartitions: partitions,
            configEntries: [
              { name: "message.timestamp.type", value: "CreateTime" },
              { name: "retention.ms", value: "-1" },
            ],
          },
        ],
      });
      return topic;
    },
    remove: (topic: string) => admin.deleteTopics({ topics: [topic] }),
    close: () => admin.disconnect(),
  };
};

async function consoleProducer(topic: string, input: string): Promise<void> {
  const tools = await setup(() => undefined);
  const child = spawn(
    "java",
    [
      "-Xmx512M",
      "-cp",
      brokerClasspath(tools),
      "kafka.tools.ConsoleProducer",
      "--bootstrap-server",
      `127.0.0.1:${ports().kafka}`,
      "--topic",
      topic,
      "--producer-property",
      "acks=all",
      "--producer-property",
      "enable.idempotence=true",
    ],
    { stdio: [openSync(input, "r"), "ignore", "ignore"] },
  );
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`the console producer ended with ${code}`);
}

type Ours = { seconds: number; landed: number; twice: number; peakMb: number };

async function replay(
  topic: string,
  missing: MissingTopic,
  compression: string,
): Promise<Ours> {
  const { stdout } = await run(process.execPath, [
    ...["-r", "tsx/cjs", join(__dirname, "ours.ts")],
    JSON.stringify({ ...missing, topic }),
    compression,
  ]);
  const ours = JSON.parse(stdout.trim().split("\n").at(-1)!) as Ours;
  if (ours.landed !== missing.events || ours.twice > 0)
    throw new Error(`${ours.landed} landed, ${ours.twice} twice`);
  return ours;
}

async function compare(
  count: number,
  { rounds, partitions, compression }: Options,
): Promise<void> {
  const config = loadConfig(CONFIG_FILE);
  const { allowedPrefixes } = config;
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes });
  const storage = new Storage(hdfs, config.storage.path);
  const topic = { topic: "Replayed", schema: "Replayed", lostOffsets: count };
  const [missing] = await storeMissing(
    storage,
    `bench/${count}`,
    [topic],
    missingEvents(count),
  );
  await writeLines(count);
  const topics = makeTopics();
  const nothing = `${INPUT}.empty`;
  writeFileSync(nothing, "");
  let peakMb = 0;
  const seconds = await alternating(
    {
      start: async () => {
        const name = await topics.make(`empty_${count}`, partitions);
        const took = await secondsOf(() => consoleProducer(name, nothing));
        await topics.remove(name);
        return took;
      },
      console: async () => {
        const name = await topics.make(`console_${count}`, partitions);
        const took = await secondsOf(() => consoleProducer(name, INPUT));
        await topics.remove(name);
        return took;
      },
      ours: async () => {
        const name = await topics.make(`ours_${count}`, partitions);
        const ours = await replay(name, missing!, compression);
        peakMb = Math.max(peakMb, ours.peakMb);
        await topics.remove(name);
        return ours.seconds;
      },
    },
    rounds,
  );
  await topics.close();
  rmSync(INPUT);
  rmSync(nothing);
  const rate = (took: number) => Math.round(count / took);
  const running = seconds["console"]! - seconds["start"]!;
  say(
    `| ${count} | ${rate(seconds["ours"]!)} | ${rate(seconds["console"]!)} | ${rate(running)} | ${(seconds["console"]! / seconds["ours"]!).toFixed(2)} | ${(running / seconds["ours"]!).toFixed(2)} | ${peakMb.toFixed(0)} MB |`,
  );
}

export async function main(options: Options): Promise<void> {
  await reset(say);
  await up(say, ["kafka", "namenode", "datanode"]);
  await moveClockTo(new Date("2018-07-05T05:00:00Z"));
  say(
    `events of ${BYTES} bytes, ${options.partitions} partitions, compression ${options.compression}, medians of ${options.rounds}`,
  );
  say(
    "| events | replay, events/s | console producer, events/s | without its start | ratio | ratio without its start | replay's memory |",
  );
  say("| --: | --: | --: | --: | --: | --: | --: |");
  try {
    for (const count of options.sizes) await compare(count, options);
  } finally {
    await down(say);
  }
}
