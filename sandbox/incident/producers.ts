import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CompressionTypes, type Kafka, type Producer } from "kafkajs";
import {
  createConnection,
  type Connection,
  type ConnectionOptions,
} from "mysql2/promise";
import { type Hour, hourStart } from "../../lib/hour";
import type { EventCapsule } from "../../formats/eventlogging/event-capsule";
import { capsuleTime } from "../../formats/eventlogging/event-time";
import { mysqlRow, mysqlTable } from "../../formats/eventlogging/mysql-row";
import { eventsOf } from "./events";
import { ARCHIVE_DIR } from "../platform/paths";
import { type StoryTopic, topicOf, TOPICS } from "./story";

const LOG = join(ARCHIVE_DIR, "all-events.log");

/** Python's json.dumps with sorted keys and its default separators, as the real service writes its lines. */
export function archiveLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(archiveLine).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${archiveLine(k)}: ${archiveLine(v)}`).join(", ")}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Rotates the log as logrotate does: the newest rotated file stays plain, the one before it is gzipped. */
export function rotateArchive(day: string): void {
  const archive = join(ARCHIVE_DIR, "archive");
  mkdirSync(archive, { recursive: true });
  const latest = join(ARCHIVE_DIR, "archive", ".latest");
  if (existsSync(latest)) {
    const plain = readFileSync(latest, "utf8");
    writeFileSync(`${plain}.gz`, gzipSync(readFileSync(plain)));
    rmSync(plain);
  }
  const next = join(archive, `all-events.log-${day}`);
  renameSync(LOG, next);
  writeFileSync(latest, next);
}

/** Cuts a schema's last line in the log short, as a crash does. */
export function cutLastLineOf(schema: string): void {
  const lines = readFileSync(LOG, "utf8").split("\n");
  const at = lines.findLastIndex((line) =>
    line.includes(`"schema": "${schema}"`),
  );
  lines[at] = lines[at]!.slice(0, lines[at]!.length / 2);
  writeFileSync(LOG, lines.join("\n"));
}

/** Everything that produces EventLogging's events: it writes to Kafka, to the archive and to MySQL. */
export class Producers {
  private readonly producer: Producer;
  private mysql: Connection | undefined;
  private readonly tables = new Set<string>();

  constructor(
    kafka: Kafka,
    private readonly database: ConnectionOptions,
  ) {
    this.producer = kafka.producer();
  }

  async connect(): Promise<void> {
    mkdirSync(ARCHIVE_DIR, { recursive: true });
    await this.producer.connect();
    this.mysql = await createConnection(this.database);
    await this.mysql.query(
      "CREATE DATABASE IF NOT EXISTS log CHARACTER SET utf8mb4",
    );
    await this.mysql.query("USE log");
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.mysql?.end();
  }

  /**
   * One hour of traffic to Kafka, to all-events.log and to MySQL.
   * @param fixed whether every producer dates its messages in milliseconds
   * @returns events sent to Kafka
   */
  async hour(hour: Hour, fixed: boolean): Promise<number> {
    const all = TOPICS.map((topic) => ({
      topic,
      events: eventsOf(topic, hour),
    }));
    await this.producer.sendBatch({
      compression: CompressionTypes.GZIP,
      topicMessages: all
        .filter(({ events }) => events.length > 0)
        .map(({ topic, events }) => ({
          topic: topicOf(topic.schema),
          messages: events.map((event) => ({
            value: JSON.stringify(event),
            timestamp: String(messageTime(topic, event, fixed)),
          })),
        })),
    });
    const archived = all.filter(({ topic }) => topic.archived);
    const lines = archived
      .flatMap(({ events }) => events)
      .sort((a, b) => (capsuleTime(a) ?? 0) - (capsuleTime(b) ?? 0))
      .map((event) => `${archiveLine(event)}\n`);
    await new Promise<void>((done, fail) => {
      createWriteStream(LOG, { flags: "a" })
        .on("error", fail)
        .end(lines.join(""), () => done());
    });
    for (const { events } of archived) await this.insert(events);
    return all.reduce((sum, { events }) => sum + events.length, 0);
  }

  /** Inserts one schema's events into its table, which is created by the first of them. */
  private async insert(events: EventCapsule[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map(mysqlRow);
    const table = `\`${mysqlTable(events[0]!)}\``;
    const columns = Object.keys(rows[0]!);
    if (!this.tables.has(table)) {
      const types = columns.map((name) =>
        name === "uuid"
          ? "`uuid` CHAR(32) NOT NULL UNIQUE"
          : name === "timestamp"
            ? "`timestamp` VARCHAR(14), INDEX (`timestamp`)"
            : `\`${name}\` ${typeof rows[0]![name] === "number" ? (Number.isInteger(rows[0]![name]) && name !== "event_loadTime" ? "BIGINT" : "DOUBLE") : typeof rows[0]![name] === "boolean" ? "BOOLEAN" : "VARCHAR(1024)"}`,
      );
      await this.mysql!.query(
        `CREATE TABLE IF NOT EXISTS ${table} (id BIGINT AUTO_INCREMENT PRIMARY KEY, ${types.join(", ")})`,
      );
      this.tables.add(table);
    }
    await this.mysql!.query(
      `INSERT IGNORE INTO ${table} (${columns.map((c) => `\`${c}\``).join(", ")}) VALUES ?`,
      [rows.map((row) => columns.map((c) => row[c]))],
    );
  }
}

/** The time that a producer gives a message: milliseconds since 1970, or by mistake seconds, which Kafka reads as 1970. */
function messageTime(
  topic: StoryTopic,
  event: EventCapsule,
  fixed: boolean,
): number {
  const ms = capsuleTime(event) ?? hourStart("1970-01-01T00");
  return topic.seconds && !fixed ? Math.floor(ms / 1000) : ms;
}
