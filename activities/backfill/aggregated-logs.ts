import { heartbeat, sleep } from "@temporalio/activity";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Yarn } from "../../clients/yarn/yarn";
import { mapPool } from "../../lib/map-pool";

const POLL_MS = 500;
/** States of YARN's LogAggregationStatus in which nothing more comes: FAILED, TIME_OUT, DISABLED. */
const GIVEN_UP = /FAILED|TIME_OUT|DISABLED/;

/** Whose aggregated logs are looked for, and where. */
type LogOwner = {
  /** The cluster's `yarn.nodemanager.remote-app-log-dir`. */
  logDir: string;
  /** Those of single file controllers: `yarn.log-aggregation.<controller>.remote-app-log-dir`. */
  moreLogDirs?: string[];
  /** Suffixes of the site's own, besides those that are found by looking. */
  logDirSuffixes?: string[];
  applicationId: string;
  /** Who ran it. */
  user: string;
};

/**
 * The suffixes that Hadoop itself comes with: `logs` of 2.x (`yarn.nodemanager.remote-app-log-dir-suffix`), and with the name of a file
 * controller behind it of 3.x.
 */
const USUAL_SUFFIXES = ["logs-tfile", "logs-ifile", "logs"];
/** With which a suffix begins where applications lie in buckets (LogAggregationUtils.getRemoteBucketDir, Hadoop 3.3+). */
const BUCKETS = "bucket-";
/** The digits of an application's number that name its bucket: `appId.getId() % 10000`, padded. */
const BUCKET_DIGITS = 4;

/**
 * The folders in which an application's aggregated logs may lie. Hadoop lays them out as `<root>/<user>/<suffix>/<application>`, or as
 * `<root>/<user>/bucket-<suffix>/<bucket>/<application>`; each controller may have a root and a suffix of its own. So every folder that
 * the user has below a root is taken for a suffix, besides those that are configured and those that Hadoop comes with.
 */
export async function aggregatedLogDirs(
  hdfs: Pick<Hdfs, "list">,
  owner: LogOwner,
): Promise<string[]> {
  const { applicationId, logDir, user } = owner;
  const bucket = applicationId.slice(-BUCKET_DIGITS);
  const named = [...USUAL_SUFFIXES, ...(owner.logDirSuffixes ?? [])];
  const dirs = await Promise.all(
    [logDir, ...(owner.moreLogDirs ?? [])].map(async (root) => {
      const ofUser = `${root}/${user}`;
      const found = (await foldersOf(hdfs, ofUser))
        .filter(({ type }) => type === "DIRECTORY")
        .map(({ name }) => name);
      return [
        ...named.flatMap((suffix) => [`${BUCKETS}${suffix}`, suffix]),
        ...found,
      ].flatMap((folder) => [
        `${ofUser}/${folder}/${bucket}/${applicationId}`,
        `${ofUser}/${folder}/${applicationId}`,
      ]);
    }),
  );
  return [...new Set(dirs.flat())];
}

/** Who may pass through a folder need not be allowed to list it: that says nothing of what lies below. */
async function foldersOf(hdfs: Pick<Hdfs, "list">, dir: string) {
  try {
    return (await hdfs.list(dir)) ?? [];
  } catch (error) {
    if (/AccessControlException/.test((error as Error).message)) return [];
    throw error;
  }
}

/**
 * Whether a file is a NodeManager's aggregated logs, by its name. `.tmp` is one that is still written, `-checksum` what the ifile
 * controller keeps of a file that it appends to, and leaves behind where it is cut off.
 */
const isLogFile = (name: string) =>
  !name.endsWith(".tmp") && !name.endsWith("checksum");

/** Folders that are listed at the same time. */
const WIDTH = 8;

/** An application's aggregated log files, one a NodeManager or several; none where there are none. Lengths in bytes. */
export async function aggregatedLogFiles(
  hdfs: Pick<Hdfs, "list">,
  owner: LogOwner,
): Promise<{ path: string; length: number }[]> {
  const dirs = await aggregatedLogDirs(hdfs, owner);
  const lists = await mapPool(dirs, WIDTH, async (dir) =>
    ((await hdfs.list(dir)) ?? [])
      .filter((file) => file.type === "FILE" && isLogFile(file.name))
      .map(({ name, length }) => ({ path: `${dir}/${name}`, length })),
  );
  return lists.flat();
}

/**
 * Waits until YARN has aggregated an application's logs to HDFS. A cluster whose file system was away meanwhile never does: so the wait
 * is bounded, and what it comes to is returned rather than thrown.
 *
 * @param seconds how long to wait at most
 * @returns the user who ran the application, where YARN knows it; why logs are missing, where YARN does not say that all are there
 */
export async function awaitAggregation(
  yarn: Pick<Yarn, "application">,
  applicationId: string,
  seconds: number,
): Promise<{ user?: string; unreadable?: string }> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const app = await yarn.application(applicationId);
    const user = app?.user ? { user: app.user } : {};
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
        unreadable: `not aggregated after ${seconds} s (${state ?? (app ? "YARN does not say how far it is" : "YARN does not know the application")})`,
      };
    heartbeat({ aggregation: state });
    await sleep(POLL_MS);
  }
}
