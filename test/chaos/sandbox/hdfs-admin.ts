import { HADOOP_USER } from "../../../sandbox/platform/java";
import { ports } from "../../../sandbox/platform/ports";

/** The account that the worker under chaos has on HDFS: unlike the superuser, it can be refused. */
export const PLAIN_USER = "analytics";

async function put(path: string, query: string): Promise<void> {
  const response = await fetch(
    `http://127.0.0.1:${ports().nameNodeHttp}/webhdfs/v1${path}?${query}&user.name=${HADOOP_USER}`,
    { method: "PUT" },
  );
  if (!response.ok)
    throw new Error(
      `${query} ${path}: ${response.status} ${await response.text()}`,
    );
}

export const mkdirs = (path: string) => put(path, "op=MKDIRS");

/** Lets the plain user do everything below a directory, also in directories to come. */
export const grant = (path: string) =>
  put(
    path,
    `op=MODIFYACLENTRIES&aclspec=user:${PLAIN_USER}:rwx,default:user:${PLAIN_USER}:rwx`,
  );

export const permit = (path: string, rights: "rwx" | "---") =>
  put(path, `op=MODIFYACLENTRIES&aclspec=user:${PLAIN_USER}:${rights}`);

/** A full name quota: nothing more can be made below; -1 lifts it. */
export const quota = (path: string, names: 1 | -1) =>
  put(path, `op=SETQUOTA&namespacequota=${names}`);
