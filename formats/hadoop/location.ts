/** A place in a file system, as Hadoop writes it (org.apache.hadoop.fs.Path): `hdfs://analytics-hadoop/wmf/data/event/Edit`. */
export type Location = {
  /** In lower case: `hdfs`, `viewfs`, `s3a`; empty where a path stands alone. */
  scheme: string;
  /** A name service, a host with its port, or a bucket; empty where the location leaves it to the cluster's own settings. */
  authority: string;
  /** Absolute, without a slash at its end. What Hive has escaped in it (`%3A`) is so in the names of folders, too. */
  path: string;
};

/** Schemes by which Hadoop reaches an HDFS; a mount table (viewfs) leads to one, perhaps under another path. */
const OF_HDFS = new Set(["", "hdfs", "viewfs", "webhdfs", "swebhdfs", "hftp"]);

/**
 * Understands a location in any form that Hadoop writes: `hdfs://service/path`, `hdfs:///path`, `hdfs:/path`, `/path`, and the same of other
 * schemes. Undefined where it has no absolute path.
 */
export function parseLocation(text: string): Location | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/]*))?(\/.*)?$/i.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const [, scheme = "", authority = "", path = ""] = match;
  if (path === "" && authority === "") return undefined;
  return {
    scheme: scheme.toLowerCase(),
    authority,
    path: path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1") || "/",
  };
}

/** Whether a location is on an HDFS, whichever; all others are object stores, disks of single hosts and the like. */
export const isOnHdfs = ({ scheme }: Location): boolean => OF_HDFS.has(scheme);

/** A location for a message: without the user and password that old addresses of object stores carry. */
export const withoutSecret = (text: string): string =>
  text.replace(/\/\/[^/@:]*:[^/]*@/, "//");
