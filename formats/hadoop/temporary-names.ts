/**
 * The ends of names under which files lie while they are written, or beside those that are: `hdfs dfs -put` (`._COPYING_`), Flume, Gobblin
 * and YARN (`.tmp`, also before a second extension of the writer's own, as in `.avro.tmp`), Flink (`.inprogress` or `.in-progress` and
 * `.pending`, followed by an id in newer versions), Hadoop's local checksums (`.crc`), Sisyphus itself (`.part`), editors and copying tools
 * (`.partial`, `.filepart`), and the directory of Confluent's connector (`+tmp`).
 */
const UNFINISHED =
  /(?:\._COPYING_|\+tmp|\.(?:tmp|in-?progress(?:\.[\w-]+)?|pending(?:\.[\w-]+)?|crc|part|partial|filepart))$/i;

/** Whether a name's end says that its file is being written, or was when its writer died. */
export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/**
 * Whether a name on HDFS is not data's. Hadoop's convention (FileInputFormat's hidden files): flags such as `_IMPORTED` and
 * `_REFINED`, and what is still being written (`_temporary`, `.hive-staging…`), begin with `_` or `.`; other tools mark the end.
 */
export const isTemporary = (name: string): boolean =>
  name.startsWith("_") || name.startsWith(".") || isUnfinished(name);
