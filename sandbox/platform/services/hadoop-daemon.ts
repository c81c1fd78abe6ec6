import { hadoopClasspath, hadoopEnv, heap, LEAN } from "../java";
import { launch } from "../processes";
import type { Tools } from "../tools";

/** Starts one of the daemons of HDFS and YARN; all of them read their settings from the same folder. */
export function startHadoopDaemon(
  name: string,
  mainClass: string,
  heapMb: number,
  tools: Tools,
): void {
  launch(
    name,
    "java",
    [heap(heapMb), ...LEAN, "-cp", hadoopClasspath(tools), mainClass],
    { env: hadoopEnv },
  );
}
