import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CountedHour } from "../../../../../activities/backfill/verify/count-on-spark";
import { RowReading } from "../../../../../activities/backfill/verify/row-reading";
import {
  topicHoursOf,
  type VerifiedHour,
} from "../../../../../activities/backfill/verify/topic-hours";
import { FileChanged } from "../../../../../clients/hdfs/hdfs";
import type { MissingTopic } from "../../../../../domain/backfill/missing";
import type { PlannedTopic } from "../../../../../domain/backfill/plan";
import {
  type Dataset,
  type NamingRules,
  namingRules,
} from "../../../../../domain/settings/dataset";
import { sha256 } from "../../../../../lib/digest";
import { type Hour, partitionPath } from "../../../../../lib/hour";
import { CAPSULES } from "../../../../../formats/eventlogging/capsules";
import type { EventReader } from "../../../../../formats/events/event-reader";

export const TOPIC = "eventlogging_Edit";
export const HOUR: Hour = "2018-07-05T03";
export const rawDir = (hour = HOUR, topic = TOPIC) => `/raw/${topic}/${hour}`;
export const refinedDir = (hour = HOUR, table = "Edit") =>
  `/wmf/data/event/${table}/${partitionPath(hour)}`;

/** A uuid by a number. */
export const uuid = (n: number) => n.toString(16).padStart(32, "0");

/** A line of a raw file. */
export const line = (id: string, more: object = {}) =>
  JSON.stringify({
    event: { action: "init" },
    schema: "Edit",
    revision: 1,
    wiki: "enwiki",
    uuid: id,
    dt: `${HOUR}:10:00Z`,
    ...more,
  });

export const gz = (lines: string[]) =>
  gzipSync(lines.map((l) => `${l}\n`).join(""));

/** A row; a null is a column without a value. */
export type Row = { uuid: string; ip?: string | null; geocoded?: boolean };

/** A Parquet file. @param columns those that it has besides the uuid */
export async function parquet(
  rows: Row[],
  columns = ["ip", "geocoded_data"],
): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "sisyphus-test-parquet-"));
  const db = await DuckDBInstance.create(":memory:");
  const connection = await db.connect();
  try {
    await connection.run(
      "create table t (uuid varchar, wiki varchar, ip varchar, geocoded_data map(varchar, varchar))",
    );
    if (rows.length > 0)
      await connection.run(
        `insert into t values ${rows
          .map(
            (row) =>
              `('${row.uuid}', 'enwiki', ${row.ip == null ? "null" : `'${row.ip}'`}, ${row.geocoded ? "map {'city': 'London'}" : "null"})`,
          )
          .join()}`,
      );
    const path = join(folder, "t.parquet");
    await connection.run(
      `copy (select ${["uuid", "wiki", ...columns].join()} from t) to '${path}'`,
    );
    return readFileSync(path);
  } finally {
    connection.closeSync();
    db.closeSync();
    rmSync(folder, { recursive: true });
  }
}

/** HDFS in memory. */
export class RefinedWorld {
  readonly files = new Map<string, Buffer>();
  /** Whether nobody refines the raw hours. */
  unrefined = false;
  /** Called before a file is read. */
  onRead: (path: string) => void = () => undefined;

  readonly hdfs = {
    list: async (dir: string) => {
      const names = [...this.files.keys()].filter(
        (path) => path.slice(0, path.lastIndexOf("/")) === dir,
      );
      return names.length === 0
        ? undefined
        : names.map((path) => ({
            name: path.slice(dir.length + 1),
            type: "FILE",
            length: this.files.get(path)!.length,
            mtime: 1,
          }));
    },
    read: async (path: string, offset = 0, length = Infinity) => {
      this.onRead(path);
      return this.files.get(path)?.subarray(offset, offset + length);
    },
    readExactly: async (path: string, offset: number, length: number) => {
      const bytes = await this.hdfs.read(path, offset, length);
      if (bytes?.length !== length)
        throw new FileChanged(`${path} has changed while it was read`);
      return bytes;
    },
    owns: () => true,
    stat: async () => ({ mtime: 1 }),
  };

  /** What is found of hours of some topics. */
  async verified(
    topics: { topic: string; hours: Hour[] }[] = [
      { topic: TOPIC, hours: [HOUR] },
    ],
    {
      missing = [],
      deep = [],
      before = 0,
      counted = new Map<number, CountedHour>(),
      env = new MockActivityEnvironment(),
      reader = CAPSULES,
      naming = namingRules.parse({}),
    }: {
      /** How events are read. */
      reader?: EventReader;
      naming?: NamingRules;
      /** Lines of replayed events of a topic. */
      missing?: { topic: string; lines: string[] }[];
      deep?: string[];
      /** How many of the hours an attempt before has read. */
      before?: number;
      /** What Spark has counted, by the hours' numbers. */
      counted?: Map<number, CountedHour>;
      env?: MockActivityEnvironment;
    } = {},
  ): Promise<VerifiedHour[]> {
    const textOf = (lines: string[]) => lines.map((l) => `${l}\n`).join("");
    const deps = {
      config: this.unrefined ? {} : { refine: {} },
      hdfs: this.hdfs,
      hive: { locations: async () => new Map() },
      source: {
        hourDir: ({ topic }: Dataset, hour: Hour) => rawDir(hour, topic),
      },
      storage: {
        readRefText: async (ref: string) =>
          textOf(missing.find(({ topic }) => topic === ref)!.lines),
      },
    };
    const reading = new RowReading(deps as never, {
      reader,
      topicHours: topicHoursOf(topics as PlannedTopic[], naming),
      missing: missing.map(
        ({ topic, lines }) =>
          ({
            topic,
            ref: topic,
            digest: sha256(textOf(lines)),
            events: lines.length,
          }) as MissingTopic,
      ),
      deep: new Set(deep),
      before,
      counted,
    });
    const hours: VerifiedHour[] = [];
    await env.run(() => reading.run(async (some) => void hours.push(...some)));
    return hours;
  }
}
