/**
 * The operations of WebHDFS that are used (Hadoop's documentation, "WebHDFS REST API"). `counted` is how many requests a call adds
 * to the statistics of an audit: a read is two, as the NameNode sends it on to a DataNode. Audits are measured by what they ask, so
 * that writing a file or making a directory adds none.
 */
export const OPERATIONS = {
  LISTSTATUS: { method: "GET", counted: 1 },
  GETFILESTATUS: { method: "GET", counted: 1 },
  GETCONTENTSUMMARY: { method: "GET", counted: 1 },
  CHECKACCESS: { method: "GET", counted: 1 },
  OPEN: { method: "GET", counted: 2 },
  CREATE: { method: "PUT", counted: 0 },
  MKDIRS: { method: "PUT", counted: 0 },
  RENAME: { method: "PUT", counted: 1 },
  DELETE: { method: "DELETE", counted: 1 },
} as const;

export type Operation = keyof typeof OPERATIONS;

/** Parameters of an operation; those that are undefined are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** The address of one operation on one path. The base path is kept; without a port the protocol's own counts (https: 443). */
export function webHdfsUrl(
  { webhdfs, user }: { webhdfs: string; user: string | undefined },
  operation: Operation,
  path: string,
  query: Query = {},
): string {
  const url = new URL(webhdfs);
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = `${base}/webhdfs/v1${path.split("/").map(encodeURIComponent).join("/")}`;
  url.search = Object.entries({ op: operation, "user.name": user, ...query })
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join("&");
  return url.href;
}
