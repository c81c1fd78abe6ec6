import { parseConnectorFileName } from "../formats/confluent-hdfs/connector-file-name";
import type { ImportSource } from "./importer";

/**
 * Confluent's HDFS sink connector with its hourly partitioner: `year=2018/month=07/day=05/hour=03` below a topic's directory.
 * It keeps no run directories; where it stands follows from its file names, as it does for the connector itself when it starts.
 */
export function connectorSource(): ImportSource {
  return {
    dayDir(dataset, day) {
      const [year, month, dd] = day.split("-");
      return `${dataset.rawDir}/year=${year}/month=${month}/day=${dd}`;
    },
    hourOf(day, entry) {
      const hh = /^hour=(\d{2})$/.exec(entry)?.[1];
      return hh === undefined ? undefined : `${day}T${hh}`;
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
      };
    },
    state: async () => ({ positions: new Map(), problems: [] }),
    positions(_state, _topic, files) {
      const found = new Map<number, { offset: string; time?: number }>();
      for (const f of files) {
        const known = found.get(f.partition);
        if (!known || BigInt(f.end) > BigInt(known.offset))
          found.set(f.partition, { offset: f.end });
      }
      return found;
    },
    runs: async () => [],
    outOfRange: async () => [],
  };
}
