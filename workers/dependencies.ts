import type { Client } from "@temporalio/client";
import { createAuditActivities } from "../activities/audit";
import { Camus } from "../activities/camus";
import { EventArchive } from "../activities/event-archive";
import { Hdfs } from "../activities/hdfs";
import { Hive } from "../activities/hive";
import { createImporterActivities } from "../activities/importer";
import { Kafka } from "../activities/kafka";
import { createMissingActivities } from "../activities/missing";
import { EventMysql } from "../activities/mysql";
import { createNotifyActivities } from "../activities/notify";
import { createPlanningActivities } from "../activities/planning";
import { createRefineActivities } from "../activities/refine";
import { createReplayActivities } from "../activities/replay";
import { createReportActivities } from "../activities/report";
import { Storage } from "../activities/storage";
import { createVerifyActivities } from "../activities/verify";
import { Yarn } from "../activities/yarn";
import { createYarnLogActivities } from "../activities/yarn-logs";
import type { Config } from "../domain/config";

/** Builds every system's client once, and the activities over them. */
export function createActivities(config: Config, client: Client) {
  const hdfs = new Hdfs({
    ...config.hdfs,
    allowedPrefixes: config.allowedPrefixes,
  });
  const kafka = new Kafka(config.kafka.brokers);
  const deps = {
    config,
    client,
    hdfs,
    kafka,
    hive: new Hive(config.hive.metastore),
    camus: new Camus(hdfs, config.importer),
    archive: new EventArchive(config.archive.files),
    yarn: new Yarn(config.yarn.resourceManager, config.hdfs.user),
    storage: new Storage(hdfs, config.storage.path),
    ...(config.mysql
      ? {
          mysql: new EventMysql(
            config.mysql,
            process.env["SISYPHUS_MYSQL_PASSWORD"],
          ),
        }
      : {}),
  };
  return {
    ...createAuditActivities(deps),
    ...createPlanningActivities(deps),
    ...createMissingActivities(deps),
    ...createReplayActivities(deps),
    ...createImporterActivities(deps),
    ...createRefineActivities(deps),
    ...createYarnLogActivities(deps),
    ...createVerifyActivities(deps),
    ...createReportActivities(deps),
    ...createNotifyActivities(deps),
  };
}
