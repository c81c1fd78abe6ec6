import type { Client } from "@temporalio/client";
import { createAuditActivities } from "../activities/audit";
import { Camus } from "../activities/camus";
import { canaryCounts, createCanaryActivities } from "../activities/canary";
import { createCollectActivities } from "../activities/collect";
import { connectorSource } from "../activities/connector";
import { EventArchive } from "../activities/event-archive";
import { EvidenceCache } from "../activities/evidence-cache";
import { createHeadroomActivities } from "../activities/headroom";
import { Hdfs } from "../activities/hdfs";
import { Hive } from "../activities/hive";
import { createImporterActivities } from "../activities/importer";
import { driverRuns, runCommand } from "../activities/jobs";
import { Kafka } from "../activities/kafka";
import { readMarkers } from "../activities/markers";
import { createMissingActivities } from "../activities/missing";
import { EventMysql } from "../activities/mysql";
import { createNotifyActivities } from "../activities/notify";
import { createPlanningActivities } from "../activities/planning";
import { createRefineActivities } from "../activities/refine";
import { createReplayActivities } from "../activities/replay";
import { createReportActivities } from "../activities/report";
import { Storage } from "../activities/storage";
import { Submitter } from "../activities/submit";
import { createVerifyActivities } from "../activities/verify";
import { Yarn } from "../activities/yarn";
import { createYarnLogActivities } from "../activities/yarn-logs";
import type { Config } from "../domain/config";
import { policyOf } from "../domain/policy";

/** Builds every system's client once. */
export function createDependencies(config: Config, client: Client) {
  const hdfs = new Hdfs({
    ...config.hdfs,
    allowedPrefixes: config.allowedPrefixes,
  });
  const storage = new Storage(
    hdfs,
    config.storage.path,
    config.metrics &&
      (config.metrics.url ??
        `http://${config.metrics.host}:${config.metrics.port}`),
  );
  const camus = new Camus(hdfs, config.importer);
  const yarn = new Yarn(config.yarn.resourceManager, config.hdfs.user);
  const jobs = { driverRuns, runCommand };
  return {
    config,
    client,
    hdfs,
    storage,
    camus,
    source: config.importer.kind === "camus" ? camus : connectorSource(),
    kafka: new Kafka(config.kafka.brokers),
    hive: new Hive(config.hive.metastore),
    archive: new EventArchive(config.archive.files),
    yarn,
    submitter: new Submitter(yarn, jobs),
    cache: new EvidenceCache(hdfs, config.storage.path),
    jobs,
    policyOf: (topic: string) =>
      policyOf(topic, config.policy, config.policies),
    markers: readMarkers(hdfs, storage),
    canaries: canaryCounts(hdfs, storage),
    ...(config.mysql
      ? {
          mysql: new EventMysql(
            config.mysql,
            process.env["SISYPHUS_MYSQL_PASSWORD"],
          ),
        }
      : {}),
  };
}

/** The activities over them. */
export function createActivities(deps: ReturnType<typeof createDependencies>) {
  const collect = createCollectActivities(deps);
  return {
    ...createAuditActivities(deps),
    ...createHeadroomActivities(deps),
    ...createCanaryActivities(deps),
    ...createPlanningActivities(deps),
    ...collect,
    ...createMissingActivities(deps, collect),
    ...createReplayActivities(deps),
    ...createImporterActivities(deps),
    ...createRefineActivities(deps),
    ...createYarnLogActivities(deps),
    ...createVerifyActivities(deps),
    ...createReportActivities(deps),
    ...createNotifyActivities(deps),
  };
}
