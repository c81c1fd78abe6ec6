import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Config } from "../../domain/settings/config";
import { parseGobblinFileName } from "../../formats/gobblin/gobblin-file-name";
import { regexLiteral } from "../../lib/regex-literal";
import { timeZone } from "../../lib/time-zone";
import { daysBelow } from "../day-directories";
import type { Importer } from "../importer";
import { positionsOfTopic } from "../positions-of-topic";
import { recordsIn } from "./record-count";
import { GobblinRuns } from "./runs";
import { GobblinStanding } from "./standing";
import { GobblinStateStore } from "./state-store";

/** No position is told by a raw file's name: its task's state has them. */
const NO_OFFSETS = { partition: -1, end: "0" };

/**
 * Apache Gobblin, as it reads Kafka with a time partitioner: raw hours below `<rawDir>/year=2026/month=03/day=07/hour=05`, and a file for
 * each run in its state store. A raw file's name tells which task of which run wrote it, and perhaps how many records; what else is to be
 * known of it, the run's file tells of the task.
 */
export function gobblinImporter(
  hdfs: Hdfs,
  config: Pick<Config["importer"], "historyPath" | "timeZone" | "gobblin">,
): Importer {
  const { jobs = [], padded = true } = config.gobblin ?? {};
  const zone = timeZone(config.timeZone);
  const store = new GobblinStateStore(hdfs, config.historyPath, jobs);
  const runs = new GobblinRuns(store, zone);
  const standing = new GobblinStanding(hdfs, store);
  const written = (number: string) =>
    padded ? number : String(Number(number));
  const dayDir: Importer["dayDir"] = (dataset, day) => {
    const [year, month, dd] = day.split("-") as [string, string, string];
    return `${dataset.rawDir}/year=${year}/month=${written(month)}/day=${written(dd)}`;
  };
  return {
    dayDir,
    dayOf: (hour) => zone.localOf(hour).slice(0, 10),
    hourDir(dataset, hour) {
      const local = zone.localOf(hour);
      return `${dayDir(dataset, local.slice(0, 10))}/hour=${written(local.slice(11))}`;
    },
    days: (dataset) =>
      daysBelow(hdfs, dataset.rawDir, (name) => {
        const number = /^(?:year|month|day)=(\d+)$/.exec(name)?.[1];
        return number !== undefined && written(number) === number
          ? number.padStart(2, "0")
          : undefined;
      }),
    hourOf(day, entry) {
      const hh = /^hour=(\d|[01]\d|2[0-3])$/.exec(entry)?.[1];
      return hh !== undefined && written(hh.padStart(2, "0")) === hh
        ? zone.utcOf(`${day}T${hh.padStart(2, "0")}`)
        : undefined;
    },
    parse(name) {
      const parsed = parseGobblinFileName(name);
      if (!parsed)
        return { problem: `${name} is not a name that Gobblin writes` };
      const { task, count } = parsed;
      return count === undefined
        ? { ...NO_OFFSETS, task, count: Number.MAX_SAFE_INTEGER, atMost: true }
        : { ...NO_OFFSETS, task, count };
    },
    exactCount: (dir, file) => recordsIn(hdfs, dir, file),
    state: () => runs.state(),
    positions: positionsOfTopic,
    runs: (since) => runs.runs(since),
    outOfRange: async () => [],
    steering: {
      settings: (topics) => ({
        "topic.whitelist": topics.map(regexLiteral).join(","),
        "reset.on.offset.out.of.range": "earliest",
        "bootstrap.with.offset": "earliest",
      }),
      runNames: () => standing.runNames(),
      settle: (before, about) => standing.settle(before, about),
      moveBack: (offsets, about) => standing.moveBack(offsets, about),
      putBack: (topics, about) => standing.putBack(topics, about),
    },
  };
}
