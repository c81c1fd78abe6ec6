import type { Config } from "../../domain/settings/config";
import {
  type LogScan,
  summarizeVerdicts,
} from "../../domain/backfill/log-scan";
import type { PlannedTopic } from "../../domain/backfill/plan";
import type { PartitionVerdicts } from "../../domain/backfill/partition-verdict";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import type { Yarn } from "../../clients/yarn/yarn";
import {
  aggregatedLogDirs,
  aggregatedLogFiles,
  awaitAggregation,
} from "./aggregated-logs";
import { type AggregatedLogFile, LogReading } from "./log-reading";
import { heartbeatWhile } from "../heartbeat-while";
import { withHours } from "./planned-hours";
import { sagaId } from "./saga-id";

/** Reading what Refine's own logs say of Hive partitions, straight from HDFS. */
export function createScanLogsActivities({
  config,
  hdfs,
  yarn,
  storage,
}: {
  config: Config;
  hdfs: Hdfs;
  yarn: Yarn;
  storage: Storage;
}) {
  /**
   * The application's logs that are there, and why they may not be all. An aggregation that YARN has given up leaves what was
   * written until then.
   * @throws Error that names where was looked, where YARN says that they are there and they are not
   */
  async function findLogs(
    applicationId: string,
  ): Promise<{ files: AggregatedLogFile[]; unread?: string }> {
    const { user = config.hdfs.user, unreadable } = await awaitAggregation(
      yarn,
      applicationId,
      config.yarn.aggregationSeconds,
    );
    const owner = { ...config.yarn, applicationId, user };
    const files = await aggregatedLogFiles(hdfs, owner);
    if (files.length > 0)
      return unreadable === undefined
        ? { files }
        : {
            files,
            unread: `${unreadable}; ${files.length} log files were there and have been read, and they may be incomplete`,
          };
    if (unreadable) return { files, unread: unreadable };
    const dirs = await aggregatedLogDirs(hdfs, owner);
    throw new Error(
      `HDFS at ${config.hdfs.webhdfs}: no aggregated logs of ${applicationId}; looked in ${dirs.join(", ")} (yarn.logDir, yarn.moreLogDirs and yarn.logDirSuffixes say where)`,
    );
  }

  /** What `awaitRefine` read from the driver while the application ran. */
  async function addLiveStatuses(verdicts: PartitionVerdicts): Promise<void> {
    const statuses = await storage.read(sagaPlaces(sagaId()).refineLive);
    for (const [partition, kind] of statuses ?? [])
      verdicts.addLiveStatus(partition, kind);
  }

  return {
    /**
     * Waits until the application's logs are aggregated, reads what every container of every attempt says of Hive partitions, and
     * joins it with the plan. Logs that the cluster has lost do not fail the step: the scan says so in `unread`.
     */
    async scanLogs(input: {
      applicationId: string;
      topics: PlannedTopic[];
      /** The plan, which holds the hours that a large saga's topics do not carry. */
      planRef?: string;
    }): Promise<LogScan> {
      const found = await findLogs(input.applicationId);
      const reading = new LogReading(
        { hdfs, storage },
        input.applicationId,
        found.files,
      );
      const gathered = await heartbeatWhile(
        () => reading.read(),
        () => reading.progress,
      );
      const unread =
        [found.unread, reading.unread].filter(Boolean).join("; ") || undefined;
      if (unread) await addLiveStatuses(gathered);
      const topics = await withHours(storage, input.topics, input.planRef);
      const verdicts = gathered.verdicts(
        topics.flatMap((topic) =>
          topic.hours.map(
            (hour) => `${config.naming.database}.${topic.table} ${hour}`,
          ),
        ),
      );
      const partitionsRef = await storage.write(
        sagaPlaces(sagaId()).partitions,
        verdicts,
      );
      return {
        files: found.files.length,
        bytes: found.files.reduce((sum, file) => sum + file.length, 0),
        ...(unread ? { unread } : {}),
        ...summarizeVerdicts(verdicts),
        attempts: gathered.attempts,
        containers: gathered.containers.size,
        partitionsRef,
        errors: gathered.logErrors,
      };
    },
  };
}
