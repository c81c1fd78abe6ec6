/** A line of an aggregated log, and where it comes from. */
export type LogLine = {
  /** The YARN container that wrote it, `container_1530000000000_0001_01_000001`; empty where a text does not tell. */
  container: string;
  /** The name of the container's log file: `stderr`, `stdout`, `directory.info`. */
  logType: string;
  /** Without its line break. */
  line: string;
};
