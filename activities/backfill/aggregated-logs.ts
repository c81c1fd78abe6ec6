import { heartbeat, sleep } from "@temporalio/activity";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Yarn } from "../../clients/yarn/yarn";

const POLL_MS = 500;
/** States of YARN's LogAggregationStatus in which nothing more comes: FAILED, TIME_OUT, DISABLED. */
const GIVEN_UP = /FAILED|TIME_OUT|DISABLED/;

/** Whose aggregated logs are looked for: `yarn.remote-app-log-dir` of the cluster, the application, and the user who ran it. */
type LogOwner = { logDir: string; applicationId: string; user: string };

/**
 * The folders in which an application's aggregated logs may lie: one of each file controller of Hadoop 3 (tfile and ifile, in buckets by
 * the last four digits of the application's id), and that of Hadoop 2.
 */
export function aggregatedLogDirs({
  logDir,
  applicationId,
  user,
}: LogOwner): string[] {
  const bucket = applicationId.slice(-4);
  const root = `${logDir}/${user}`;
  return [
    `${root}/bucket-logs-tfile/${bucket}/${applicationId}`,
    `${root}/bucket-logs-ifile/${bucket}/${applicationId}`,
    `${root}/logs/${applicationId}`,
  ];
}

/**
 * Whether a file is a NodeManager's aggregated logs, by its name. `.tmp` is one that is still written, `-checksum` what the ifile
 * controller keeps of a file that it appends to, and leaves behind where it is cut off.
 */
const isLogFile = (name: string) =>
  !name.endsWith(".tmp") && !name.endsWith("checksum");

/** An application's aggregated log files, one a NodeManager or several; none where there are none. Lengths in bytes. */
export async function aggregatedLogFiles(
  hdfs: Pick<Hdfs, "list">,
  owner: LogOwner,
): Promise<{ path: string; length: number }[]> {
  const lists = await Promise.all(
    aggregatedLogDirs(owner).map(async (dir) =>
      ((await hdfs.list(dir)) ?? [])
        .filter((file) => isLogFile(file.name))
        .map(({ name, length }) => ({ path: `${dir}/${name}`, length })),
    ),
  );
  return lists.flat();
}

/**
 * Waits until YARN has aggregated an application's logs to HDFS. A cluster whose file system was away meanwhile never does: so the wait
 * is bounded, and what it comes to is returned rather than thrown.
 *
 * @param seconds how long to wait at most
 * @returns the user who ran the application, where YARN knows it; why there are no logs, where there are none
 */
export async function awaitAggregation(
  yarn: Pick<Yarn, "application">,
  applicationId: string,
  seconds: number,
): Promise<{ user?: string; unreadable?: string }> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const app = await yarn.application(applicationId);
    const user = app ? { user: app.user } : {};
    const state = app?.logAggregationStatus;
    if (state === "SUCCEEDED") return user;
    if (state !== undefined && GIVEN_UP.test(state))
      return {
        ...user,
        unreadable: `YARN says of their aggregation: ${state}`,
      };
    if (Date.now() > deadline)
      return {
        ...user,
        unreadable: `not aggregated after ${seconds} s (${state ?? "YARN does not know the application"})`,
      };
    heartbeat({ aggregation: state });
    await sleep(POLL_MS);
  }
}
