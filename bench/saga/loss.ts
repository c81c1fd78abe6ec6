import { createWriteStream, mkdirSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { addHours, type Hour, hourStart } from "../../lib/hour";
import type { EventCapsule } from "../../formats/eventlogging/event-capsule";
import { capsuleTime } from "../../formats/eventlogging/event-time";
import { moveClockTo } from "../../sandbox/platform/clock";
import { eventsOf } from "../../sandbox/incident/events";
import { archiveLine } from "../../sandbox/incident/producers";
import { runCommand, sandboxKafka } from "../../sandbox/platform/commands";
import { ARCHIVE_DIR } from "../../sandbox/platform/paths";

export type Size = { topics: number; hours: number; events: number };

export const ARCHIVE = join(ARCHIVE_DIR, "all-events.log");
const FIRST: Hour = "2018-07-01T00";

/** What was played: the first hour was imported, those after it were deleted unread, the last is stuck behind them. */
export type Loss = {
  schemas: string[];
  imported: Hour;
  lost: Hour[];
  stuck: Hour;
  asOf: string;
  eventsIn: (schema: string, hour: Hour) => EventCapsule[];
};

export async function lose(
  size: Size,
  say: (line: string) => void,
): Promise<Loss> {
  const schemas = Array.from(
    { length: size.topics },
    (_, i) => `Bulk${String(i).padStart(4, "0")}`,
  );
  const lost = Array.from({ length: size.hours }, (_, i) =>
    addHours(FIRST, i + 1),
  );
  const stuck = addHours(FIRST, size.hours + 1);
  const eventsIn = (schema: string, hour: Hour) =>
    eventsOf(
      {
        schema,
        revision: 18_000_000,
        rate: size.events,
        archived: true,
        seconds: false,
      },
      hour,
    );
  const kafka = sandboxKafka();
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  mkdirSync(ARCHIVE_DIR, { recursive: true });
  const archive = createWriteStream(ARCHIVE, { flags: "a" });
  const topicOf = (schema: string) => `eventlogging_${schema}`;
  const produce = async (hour: Hour) => {
    await moveClockTo(new Date(hourStart(hour) + 59 * 60_000));
    for (const schema of schemas) {
      const events = eventsIn(schema, hour);
      await producer.send({
        topic: topicOf(schema),
        messages: events.map((e) => ({
          value: JSON.stringify(e),
          timestamp: String(capsuleTime(e)),
        })),
      });
      if (!archive.write(events.map((e) => `${archiveLine(e)}\n`).join("")))
        await once(archive, "drain");
    }
  };
  const camus = async (at: Hour) => {
    await moveClockTo(new Date(hourStart(at) + 5 * 60_000));
    await runCommand("camus", []);
  };
  try {
    await admin.createTopics({
      topics: schemas.map((schema) => ({
        topic: topicOf(schema),
        numPartitions: 1,
        configEntries: [
          { name: "message.timestamp.type", value: "CreateTime" },
        ],
      })),
    });
    await produce(FIRST);
    await camus(lost[0]!);
    for (const hour of lost) await produce(hour);
    for (const schema of schemas)
      await admin.deleteTopicRecords({
        topic: topicOf(schema),
        partitions: (await admin.fetchTopicOffsets(topicOf(schema))).map(
          (o) => ({ partition: o.partition, offset: o.high }),
        ),
      });
    say(`${size.hours} hours of ${size.topics} topics deleted unread`);
    await produce(stuck);
    await camus(addHours(stuck, 1));
  } finally {
    await new Promise<void>((done) => archive.end(() => done()));
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
  const asOf = new Date(hourStart(addHours(stuck, 8))).toISOString();
  await moveClockTo(new Date(asOf));
  return { schemas, imported: FIRST, lost, stuck, asOf, eventsIn };
}
