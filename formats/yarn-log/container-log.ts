/** A container's log, as a NodeManager has aggregated it. */
export type ContainerLog = {
  /** The YARN container that wrote it, `container_1530000000000_0001_01_000001`; empty where a text does not tell. */
  container: string;
  /** The name of the container's log file: `stderr`, `stdout`, `directory.info`. */
  logType: string;
  /** Its bytes, to be read to their end before the next log is asked for, or not at all. */
  pieces: AsyncIterable<Buffer>;
};
