import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { ports } from "../../sandbox/platform/ports";
import {
  brokerClasspath,
  hadoopClasspath,
  java,
  refineClasspath,
} from "../../sandbox/platform/java";
import type { Tools } from "../../sandbox/platform/tools";
import type { Size } from "./size";

/** What an operator would script: the tree, the offsets, the partitions. It judges nothing and reads no flag and no footer. */
export async function script(
  size: Size,
  tools: Tools,
): Promise<Record<string, number>> {
  const file = (name: string) => {
    const path = join(SANDBOX_DIR, name);
    rmSync(path, { force: true });
    return path;
  };
  const tree = file("tree.txt");
  const seconds: Record<string, number> = {};
  seconds["hdfs dfs -ls -R"] = await java(
    hadoopClasspath(tools),
    "org.apache.hadoop.fs.FsShell",
    ["-ls", "-R", "/wmf/data/raw/eventlogging", "/wmf/data/event"],
    tree,
  );
  const offsets = file("offsets.txt");
  for (const time of ["-2", "-1"])
    seconds[`kafka-get-offsets --time ${time}`] = await java(
      brokerClasspath(tools),
      "org.apache.kafka.tools.GetOffsetShell",
      [
        "--bootstrap-server",
        `127.0.0.1:${ports().kafka}`,
        "--topic",
        "eventlogging_.*",
        "--time",
        time,
      ],
      offsets,
    );
  const partitions = file("partitions.txt");
  seconds["SHOW PARTITIONS"] = await java(
    refineClasspath(tools),
    "org.sisyphus.sandbox.FleetTables",
    ["show", String(size.topics)],
    partitions,
  );
  for (const path of [tree, offsets, partitions])
    if (statSync(path).size === 0) throw new Error(`${path} is empty`);
  return seconds;
}
