import { linesOf } from "../../lib/lines";
import type { RandomAccess } from "../../lib/random-access";
import type { LogLine } from "./log-line";
import { regionBytes } from "./regions";

/** Whether a file's first bytes may be what `yarn logs` prints, perhaps after lines of its own log. */
export const beginsPrintedLog = (head: Buffer): boolean =>
  /^\s*(Container: |End of|\d{2}\/|[A-Z])/.test(head.toString("latin1"));

/**
 * The lines of logs as `yarn logs` prints them (org.apache.hadoop.yarn.logaggregation.LogToolUtils, Hadoop 2 and 3), for each log:
 *
 *     Container: container_1530000000000_0001_01_000001 on host_8041
 *     LogType:stderr
 *     LogLength:1234
 *     LogContents:          (before Hadoop 3: `Log Contents:`)
 *     ...
 *     End of LogType:stderr
 *
 * What is printed outside of a log is passed over.
 */
export async function* printedLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  let container = "";
  let logType = "";
  let insideLog = false;
  // `yarn logs` adds a line break before the footer. An empty line is the log's own only if another line of the log follows.
  let emptyLines = 0;
  const whole = { offset: 0, size: file.size, raw: file.size, codec: "none" };
  for await (const line of linesOf(regionBytes(file, whole))) {
    const header = /^Container: (\S+) on \S+/.exec(line);
    if (header && !insideLog) container = header[1]!;
    else if (!insideLog && line.startsWith("LogType:"))
      logType = line.slice("LogType:".length).trim();
    else if (!insideLog && /^Log ?Contents:/.test(line)) {
      insideLog = true;
      emptyLines = 0;
    } else if (insideLog && line.startsWith(`End of LogType:${logType}`)) {
      for (; emptyLines > 1; emptyLines--)
        yield { container, logType, line: "" };
      insideLog = false;
    } else if (insideLog && line === "") emptyLines++;
    else if (insideLog) {
      for (; emptyLines > 0; emptyLines--)
        yield { container, logType, line: "" };
      yield { container, logType, line };
    }
  }
}
