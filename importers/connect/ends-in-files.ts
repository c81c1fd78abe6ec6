import type { Hdfs } from "../../clients/hdfs/hdfs";
import { parseConnectorFileName } from "../../formats/confluent-hdfs/connector-file-name";

/** The end of the furthest file of each partition of a topic, in whichever directory below its own: so the sink itself finds where to begin. */
export async function endsInFiles(
  hdfs: Pick<Hdfs, "list">,
  rawDir: string,
  topic: string,
): Promise<Map<number, string>> {
  const ends = new Map<number, string>();
  const dirs = [rawDir];
  for (let dir = dirs.pop(); dir !== undefined; dir = dirs.pop())
    for (const { name, type } of (await hdfs.list(dir)) ?? []) {
      if (type === "DIRECTORY") dirs.push(`${dir}/${name}`);
      const file = type === "FILE" ? parseConnectorFileName(name) : undefined;
      if (file?.topic !== topic) continue;
      const end = BigInt(file.last) + 1n;
      if (end > BigInt(ends.get(file.partition) ?? "0"))
        ends.set(file.partition, end.toString());
    }
  return ends;
}
