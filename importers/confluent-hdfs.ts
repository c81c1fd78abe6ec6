import { fatal } from "../clients/errors";
import type { Hdfs } from "../clients/hdfs/hdfs";
import { avroRecords } from "../clients/hdfs/avro";
import { footer } from "../clients/hdfs/parquet";
import type { Kafka } from "../clients/kafka/kafka";
import type { Config } from "../domain/settings/config";
import { parseConnectorFileName } from "../formats/confluent-hdfs/connector-file-name";
import { timeZone } from "../lib/time-zone";
import { olderOf } from "../domain/audit/stands-in-files";
import { endsInFiles } from "./connect/ends-in-files";
import { connectorState } from "./connect/reading";
import { ConnectStanding, type SteeringClients } from "./connect/standing";
import { daysBelow } from "./day-directories";
import type { Importer, ImporterSteering, Position } from "./importer";
import { positionsOfTopic } from "./positions-of-topic";

/** How Connect and Kafka are asked of the connector, where the configuration says where Connect is. */
export type Asked = {
  connect: SteeringClients["connect"];
  kafka: Pick<Kafka, "groupOffsets" | "offsets">;
  /** The directory of a topic's raw hours; undefined where it has none. */
  rawDirOf: (topic: string) => string | undefined;
};

/**
 * Confluent's HDFS sink connector with its hourly partitioner: raw hours below `<rawDir>/year=2018/month=07/day=05/hour=03`.
 * It always runs and keeps no state of its own on HDFS: its positions follow from its file names, as they do for the connector itself
 * when it starts. There are no runs. What Connect says of it counts where Connect is configured, and there a backfill can steer it.
 * A name tells the first and the last offset. Those between may lie in another hour's file, as every hour has an open file of its own, and a transaction's end is no record: the name only bounds the count.
 */
export function confluentHdfsImporter(
  hdfs: Hdfs,
  config: Pick<Config["importer"], "timeZone" | "connect">,
  asked?: Asked,
): Importer {
  const zone = timeZone(config.timeZone);
  const dayDir: Importer["dayDir"] = (dataset, day) => {
    const [year, month, dd] = day.split("-");
    return `${dataset.rawDir}/year=${year}/month=${month}/day=${dd}`;
  };
  return {
    dayDir,
    dayOf: (hour) => zone.localOf(hour).slice(0, 10),
    hourDir(dataset, hour) {
      const local = zone.localOf(hour);
      return `${dayDir(dataset, local.slice(0, 10))}/hour=${local.slice(11)}`;
    },
    days: (dataset) =>
      daysBelow(
        hdfs,
        dataset.rawDir,
        (name) => /^(?:year|month|day)=(\d+)$/.exec(name)?.[1],
      ),
    hourOf(day, entry) {
      const hh = /^hour=([01]\d|2[0-3])$/.exec(entry)?.[1];
      return hh === undefined ? undefined : zone.utcOf(`${day}T${hh}`);
    },
    parse(name) {
      const parsed = parseConnectorFileName(name);
      if (!parsed)
        return {
          problem: `${name} is not a name that the HDFS connector writes`,
        };
      const end = BigInt(parsed.last) + 1n;
      return {
        partition: parsed.partition,
        start: parsed.start,
        end: end.toString(),
        count: Number(end - BigInt(parsed.start)),
        atMost: true,
      };
    },
    exactCount(dir, file) {
      if (file.name.endsWith(".parquet"))
        return footer(hdfs, dir, file).then(({ rows }) => rows);
      if (file.name.endsWith(".avro")) return avroRecords(hdfs, dir, file);
      return Promise.resolve(undefined);
    },
    state: async () =>
      asked
        ? connectorState(asked.connect, asked.kafka)
        : { positions: new Map(), problems: [] },
    standsInFiles: true,
    positions(state, topic, files) {
      const stated = positionsOfTopic(state, topic);
      const inFiles = new Map<number, string>();
      for (const { partition, end } of files) {
        const known = inFiles.get(partition);
        if (known === undefined || BigInt(end) > BigInt(known))
          inFiles.set(partition, end);
      }
      const positions = new Map<number, Position>();
      for (const partition of new Set([...inFiles.keys(), ...stated.keys()])) {
        const own = stated.get(partition)?.offset;
        const offset = olderOf(inFiles.get(partition), own)!;
        positions.set(partition, { offset });
      }
      return positions;
    },
    runs: async () => [],
    outOfRange: async () => [],
    ...(asked
      ? { steering: steeringBy(hdfs, asked, config.connect?.quietSeconds) }
      : {}),
  };
}

function steeringBy(
  hdfs: Hdfs,
  { connect, kafka, rawDirOf }: Asked,
  quietSeconds = 600,
): ImporterSteering {
  const standing = new ConnectStanding({
    connect,
    kafka,
    hdfs,
    endsInFiles: async (topic) => {
      const rawDir = rawDirOf(topic);
      if (rawDir === undefined)
        throw fatal("NotAllowed", `${topic} has no directory of raw hours`);
      return endsInFiles(hdfs, rawDir, topic);
    },
  });
  return {
    settings: () => ({}),
    runNames: async () => [],
    settle: async () => [],
    putBack: (topics, about) => standing.putBack(topics, about),
    always: {
      moveIntoLog: (topics, about) => standing.moveIntoLog(topics, about),
      letGo: (about) => standing.letGo(about),
      quietMs: quietSeconds * 1000,
    },
  };
}
