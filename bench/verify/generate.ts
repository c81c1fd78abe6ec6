import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { Hdfs } from "../../clients/hdfs/hdfs";
import {
  type Dataset,
  datasetOf,
  refinedHourDir,
} from "../../domain/settings/dataset";
import { addHours, type Hour, hoursIn, hourStart } from "../../lib/hour";
import { mapPool } from "../../lib/map-pool";
import { eventsOf } from "../../sandbox/incident/events";
import { CONFIG_FILE } from "../../sandbox/platform/config";
import { java, refineClasspath } from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import type { Tools } from "../../sandbox/platform/tools";
import { moveClockTo } from "../../sandbox/platform/clock";
import { createImporter } from "../../importers/registry";
import { loadConfig } from "../../workers/config";
import { createTopics } from "../fleet/generate";
import { BEGIN, schemaOf, topicOf } from "../fleet/size";

export type Size = { topics: number; hours: number; events: number };

/** What all must count alike. */
export type Counts = { rows: number; distinct: number; duplicates: number };

/** What lies on HDFS: topics with as many hours each, as a repair leaves them. */
export type Made = {
  size: Size;
  topics: string[];
  hours: Hour[];
  /** Rows of all partitions. */
  rows: number;
  /** Bytes of all raw files and data files. */
  bytes: number;
  paths: string[];
};

const WRITES_AT_ONCE = 16;
const DONE = join(SANDBOX_DIR, "verify.json");
const compress = promisify(gzip);

/** Makes raw hours in gz and partitions of tables with a row for each event, unless they stand already. */
export async function generate(size: Size, tools: Tools): Promise<Made> {
  if (existsSync(DONE)) {
    const made = JSON.parse(readFileSync(DONE, "utf8")) as Made;
    if (JSON.stringify(made.size) === JSON.stringify(size)) return made;
    throw new Error(`${DONE} is of another size: ${JSON.stringify(made.size)}`);
  }
  const config = loadConfig(CONFIG_FILE);
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes: ["/wmf"] });
  const source = createImporter(hdfs, config.importer);
  const until = addHours(BEGIN, size.hours);
  await moveClockTo(new Date(hourStart(until)));
  const made: Made = {
    size,
    topics: Array.from({ length: size.topics }, (_, i) => topicOf(i)),
    hours: hoursIn({ since: BEGIN, until }),
    rows: 0,
    bytes: 0,
    paths: [],
  };
  const work = join(SANDBOX_DIR, "verify-work");
  const db = await DuckDBInstance.create(":memory:");
  const connection = await db.connect();
  const put = async (path: string, bytes: Buffer) => {
    await hdfs.write(path, bytes);
    made.bytes += bytes.length;
    made.paths.push(path);
  };
  for (const [i, topic] of made.topics.entries()) {
    mkdirSync(work, { recursive: true });
    const dataset: Dataset = datasetOf(topic, config.naming)!;
    for (const hour of made.hours) {
      const events = eventsOf(
        {
          schema: schemaOf(i),
          revision: 18_000_000,
          rate: size.events,
          archived: true,
          seconds: true,
        },
        hour,
      );
      const text = events.map((e) => `${JSON.stringify(e)}\n`).join("");
      writeFileSync(join(work, `${hour}.json`), text);
      made.rows += new Set(events.map((e) => e.uuid)).size;
      const name = `${topic}.1001.0.${events.length}.${events.length}.${hourStart(hour)}.gz`;
      await put(
        `${source.hourDir(dataset, hour)}/${name}`,
        await compress(text),
      );
    }
    for (const hour of made.hours)
      await connection.run(`
        copy (select distinct on (uuid) *, map {'country': 'GB', 'city': 'London'} geocoded_data from read_json('${work}/${hour}.json', format = 'newline_delimited'))
        to '${work}/${hour}.parquet'`);
    await mapPool(made.hours, WRITES_AT_ONCE, async (hour) => {
      const dir = refinedHourDir(dataset, hour);
      await put(
        `${dir}/part-00000-${i}.snappy.parquet`,
        readFileSync(join(work, `${hour}.parquet`)),
      );
    });
    rmSync(work, { recursive: true });
  }
  connection.closeSync();
  // The audit that ends a verification asks Kafka for them.
  await createTopics(size);
  await java(refineClasspath(tools), "org.sisyphus.sandbox.FleetTables", [
    "create",
    String(size.topics),
    String(hourStart(BEGIN)),
    String(size.hours),
  ]);
  writeFileSync(DONE, JSON.stringify(made));
  return made;
}
