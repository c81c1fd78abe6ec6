import type { ContainerLog } from "../../formats/yarn-log/container-log";
import { yarnLogs } from "../../formats/yarn-log/yarn-log";
import { linesOf } from "../../lib/lines";
import type { RandomAccess } from "../../lib/random-access";

/** A line of an aggregated log, without its line break, and the log that it stands in. */
type LogLine = Omit<ContainerLog, "pieces"> & { line: string };

/** All lines of all logs of a file. */
export async function* yarnLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  for await (const { pieces, ...log } of yarnLogs(file))
    for await (const line of linesOf(pieces)) yield { ...log, line };
}
