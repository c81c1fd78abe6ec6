import type { Client } from "@temporalio/client";
import { createAuditActivities } from "../activities/audit/audit";
import { Camus } from "../importers/camus";
import {
  canaryCounts,
  createCanaryActivities,
} from "../activities/audit/canary";
import { createCollectActivities } from "../activities/backfill/search/collect";
import { connectorSource } from "../importers/confluent-hdfs";
import { EventArchive } from "../clients/event-archive";
import { EvidenceCache } from "../activities/audit/evidence/evidence-cache";
import { createHeadroomActivities } from "../activities/audit/headroom";
import { Hdfs } from "../clients/hdfs/hdfs";
import { Hive } from "../clients/hive/hive";
import { createImporterActivities } from "../activities/backfill/import";
import { driverRuns, runCommand } from "../clients/commands";
import { Kafka } from "../clients/kafka/kafka";
import { readMarkers } from "../activities/audit/evidence/markers";
import { createMissingActivities } from "../activities/backfill/search/missing";
import { EventMysql } from "../clients/mysql";
import { createAlertActivities } from "../activities/incidents/alerts";
import { createIncidentActivities } from "../activities/incidents/incidents";
import { createPlanningActivities } from "../activities/backfill/planning";
import { createRefineActivities } from "../activities/backfill/refine";
import { createReplayActivities } from "../activities/backfill/replay";
import { createReportActivities } from "../activities/backfill/report";
import { Storage } from "../clients/storage";
import { Submitter } from "../activities/backfill/submitter";
import { createVerifyActivities } from "../activities/backfill/verify/verify";
import { Yarn } from "../clients/yarn/yarn";
import { createYarnLogActivities } from "../activities/backfill/yarn-logs";
import type { Config } from "../domain/settings/config";
import { policyOf } from "../domain/settings/policy";

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
    cache: new EvidenceCache(storage),
    jobs,
    policyOf: (topic: string) =>
      policyOf(topic, config.policy, config.policies),
    markers: readMarkers(storage),
    canaries: canaryCounts(storage),
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
    ...createAlertActivities(deps),
    ...createIncidentActivities(deps),
  };
}
