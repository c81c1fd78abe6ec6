import { createReadStream } from "node:fs";
import type { Hdfs } from "../clients/hdfs/hdfs";
import type { Config } from "../domain/settings/config";
import { parseCamusFileName } from "../formats/camus/camus-file-name";
import {
  isOutOfRangeLine,
  type OutOfRange,
  parseOutOfRange,
} from "../formats/camus/camus-log";
import { linesOf } from "../lib/lines";
import { regexLiteral } from "../lib/regex-literal";
import { timeZone } from "../lib/time-zone";
import { CamusHistory } from "./camus-history";
import { CamusStanding } from "./camus-standing";
import { daysBelow } from "./day-directories";
import type { Importer } from "./importer";
import { positionsOfTopic } from "./positions-of-topic";

/** `2018/07/05/03`, zero-padded: where an hour lies below a topic's raw directory. It is one of the importer's time zone. */
export const hourPath = (hour: string): string =>
  hour.replace("T", "-").replaceAll("-", "/");

/**
 * The two settings with which the incident of July 5, 2018 was repaired. The first moves partitions whose position Kafka no longer has to
 * the earliest offset, where Camus by default skips the topic. Without the second, events that are older than a week are dropped in
 * silence while offsets advance.
 */
const REPAIR_SETTINGS = {
  "kafka.move.to.earliest.offset": "true",
  "kafka.max.historical.days": "-1",
};

/** Camus: raw hours below `<rawDir>/2018/07/05/03`, runs of the past on HDFS, a driver that logs to a file of this host. */
export function camusImporter(
  hdfs: Hdfs,
  config: Pick<
    Config["importer"],
    "historyPath" | "log" | "timeZone" | "extensions"
  >,
): Importer {
  const { historyPath, log, extensions } = config;
  const zone = timeZone(config.timeZone);
  const history = new CamusHistory(hdfs, historyPath);
  const standing = new CamusStanding(hdfs, historyPath, history);
  return {
    dayOf: (hour) => zone.localOf(hour).slice(0, 10),
    dayDir: (dataset, day) => `${dataset.rawDir}/${day.replaceAll("-", "/")}`,
    hourDir: (dataset, hour) =>
      `${dataset.rawDir}/${hourPath(zone.localOf(hour))}`,
    days: (dataset) =>
      daysBelow(hdfs, dataset.rawDir, (name) =>
        /^\d+$/.test(name) ? name : undefined,
      ),
    hourOf: (day, entry) =>
      /^([01]\d|2[0-3])$/.test(entry)
        ? zone.utcOf(`${day}T${entry}`)
        : undefined,
    parse(name, hour) {
      const parsed = parseCamusFileName(name, extensions);
      if (!parsed)
        return { problem: `${name} is not a name that Camus writes` };
      if (parsed.hour !== hour)
        return { problem: `${name} belongs to ${parsed.hour}` };
      return {
        partition: parsed.partition,
        end: parsed.offset,
        count: parsed.count,
      };
    },
    state: () => history.state(),
    positions: positionsOfTopic,
    runs: (since) => history.runs(since),
    outOfRange: () => outOfRangeIn(log),
    steering: {
      settings: (topics) => ({
        ...REPAIR_SETTINGS,
        "kafka.whitelist.topics": topics.map(regexLiteral).join(","),
      }),
      runNames: () => history.runNames(),
      settle: (before, about) => standing.settle(before, about),
      putBack: (topics, about) => standing.putBack(topics, about),
    },
  };
}

/** Out-of-range partitions in a driver's log on this host; none where there is no log. */
async function outOfRangeIn(log: string): Promise<OutOfRange[]> {
  const lines: string[] = [];
  try {
    for await (const line of linesOf(createReadStream(log)))
      if (isOutOfRangeLine(line)) lines.push(line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return parseOutOfRange(lines);
}
