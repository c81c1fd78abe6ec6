import type { Hdfs } from "../../clients/hdfs/hdfs";
import {
  folderGrants,
  newFolderGrants,
} from "../../domain/rights/other-grants";
import type { Outcome, RightId } from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { isRefined } from "../../domain/settings/stages";
import { directoryOf } from "../../lib/paths";
import { type Newest, newestBelow, sampleFolders } from "./hdfs-samples";
import { asideOf, missing, notTried, ok, outcomeOf, type Probe } from "./probe";
import { isDenied, ProbeFile } from "./probe-file";

type Client = Pick<
  Hdfs,
  "list" | "stat" | "read" | "mayDo" | "write" | "rename" | "remove"
>;

const READ = "r-x";
const WRITE = "rwx";

const ONCE_WRITTEN = "run the check again when something was written there";
const noFile = (folders: number): string =>
  `nothing lies in the newest of ${folders === 1 ? "one folder" : `${folders} folders`} that could be tried`;

/**
 * Rights on HDFS. What is to be written to is asked about, which changes nothing (CHECKACCESS); below `storage.path` a file is written, renamed
 * and removed.
 * @param hdfs may change what is below `storage.path` only
 * @param topics audited topics, of which some folders are looked at
 */
export function hdfsProbes(
  config: Config,
  hdfs: Client,
  topics: () => Promise<readonly string[]>,
): { probes: Probe[]; stop: () => Promise<void> } {
  const { user } = config.hdfs;
  const storagePath = config.storage.path;
  const file = new ProbeFile(hdfs, storagePath);

  /** Tries something on a folder; what the NameNode refuses is told with what to ask for. */
  const attempt = (
    path: string,
    action: string,
    work: () => Promise<Outcome>,
    options: { allBelow?: boolean } = {},
  ) =>
    outcomeOf(work, isDenied, (why) =>
      folderGrants(user, path, action, why, options),
    );

  const probe = (id: RightId, run: () => Promise<Outcome>): Probe => ({
    rights: [id],
    run: async () => ({ [id]: await run() }),
  });

  /** Tries something in the newest hour of some folders; a right that is lacking in one counts. */
  async function inSamples(
    kind: "rawDir" | "refinedDir",
    action: string,
    work: (newest: Newest) => Promise<boolean>,
  ): Promise<Outcome> {
    const { rawPath, refinedPath } = config.naming;
    const [parent] = (kind === "rawDir" ? rawPath : refinedPath).split("{");
    const root = directoryOf(parent!) || "/";
    return attempt(
      root,
      action,
      async () => {
        const known = await asideOf(topics);
        const folders = await sampleFolders(config, hdfs, kind, known);
        let there = 0;
        let tried = 0;
        for (const folder of folders) {
          const newest = await newestBelow(hdfs, folder);
          if (!newest) continue;
          there++;
          if (await work(newest)) tried++;
        }
        if (there === 0)
          return notTried(
            `none of ${folders.length} folders that were looked for is there`,
            `see that naming.${kind === "rawDir" ? "rawPath" : "refinedPath"} is right, and run the check again when something was written there`,
          );
        return tried === 0
          ? notTried(noFile(there), ONCE_WRITTEN)
          : ok(`the newest hour of ${tried} folders`);
      },
      { allBelow: true },
    );
  }

  /** Reads one byte, which a DataNode gives. @returns false where there is none to read: whoever may list a folder need not read its files */
  const readsOne = async ({ folder, file: found }: Newest): Promise<boolean> =>
    found !== undefined &&
    found.length > 0 &&
    (await hdfs.read(`${folder}/${found.name}`, 0, 1)) !== undefined;
  const mayWrite = ({ folder }: Newest): Promise<boolean> =>
    hdfs.mayDo(folder, WRITE);

  const { historyPath } = config.importer;
  const onHistory = (action: string, work: () => Promise<Outcome>) =>
    attempt(historyPath, action, work, { allBelow: true });
  const noHistory = notTried(
    `${historyPath} does not exist`,
    "see that importer.historyPath is right, and run the check again when the importer has run",
  );

  async function tryLogs(): Promise<Outcome> {
    const { logDir } = config.yarn;
    const own = `${logDir}/${user}`;
    return attempt(
      own,
      READ,
      async () => {
        if (await hdfs.list(own)) return ok(own);
        const children = await hdfs.list(logDir);
        return notTried(
          children
            ? `${own} does not exist yet: nothing that ${user} ran has left a log`
            : `${logDir} does not exist`,
          children
            ? `run the check again when ${user} has run Refine`
            : "see that yarn.logDir is right (yarn.nodemanager.remote-app-log-dir) and that YARN aggregates logs (yarn.log-aggregation-enable)",
        );
      },
      { allBelow: true },
    );
  }

  async function tryStorage(): Promise<Outcome> {
    let isThere = false;
    const existing = await attempt(storagePath, WRITE, async () => {
      // One that must not be gone through to the folder is refused here.
      isThere = (await hdfs.stat(storagePath)) !== undefined;
      if (isThere) await file.run();
      return ok("a file was written, renamed and removed");
    });
    if (isThere || existing.state !== "ok") return existing;
    // The folder would stay, as nothing tells whether somebody else has begun to use it.
    let above = directoryOf(storagePath);
    while (above !== "" && !(await hdfs.stat(above)))
      above = directoryOf(above);
    const folder = above || "/";
    try {
      await hdfs.mayDo(folder, "-wx");
      return ok(
        `${storagePath} does not exist yet, and may be made in ${folder}`,
      );
    } catch (error) {
      const why = (error as Error).message;
      return isDenied(error)
        ? missing(why, newFolderGrants(user, storagePath))
        : notTried(why);
    }
  }

  const probes = [
    probe("rawRead", () => inSamples("rawDir", READ, readsOne)),
    probe("historyRead", () =>
      onHistory(READ, async () => {
        const newest = await newestBelow(hdfs, historyPath);
        if (!newest) return noHistory;
        return (await readsOne(newest))
          ? ok()
          : notTried(noFile(1), ONCE_WRITTEN);
      }),
    ),
    // The connector is steered over Connect's REST, if at all.
    ...(config.importer.kind === "confluent-hdfs"
      ? []
      : [
          probe("historyWrite", () =>
            onHistory(WRITE, async () => {
              for (const folder of historyFolders(config.importer))
                if (!(await hdfs.mayDo(folder, WRITE))) return noHistory;
              return ok();
            }),
          ),
        ]),
    probe("storageWrite", tryStorage),
    ...(isRefined(config)
      ? [
          probe("refinedRead", () => inSamples("refinedDir", READ, readsOne)),
          probe("refinedWrite", () => inSamples("refinedDir", WRITE, mayWrite)),
          probe("logsRead", tryLogs),
        ]
      : []),
  ];
  return { probes, stop: () => file.stop() };
}

/** Where a saga writes to put positions back: Gobblin has a folder for each job. */
const historyFolders = ({ historyPath, gobblin }: Config["importer"]) =>
  gobblin && gobblin.jobs.length > 0
    ? gobblin.jobs.map((job) => `${historyPath}/${job}`)
    : [historyPath];
