import { hostname } from "node:os";
import type { Client } from "@temporalio/client";
import { createAuditActivities } from "../activities/audit/audit";
import { createCanaryActivities } from "../activities/audit/canary";
import { canaryCounts } from "../activities/audit/evidence/canary-counts";
import { EvidenceCache } from "../activities/audit/evidence/evidence-cache";
import { logPasts } from "../activities/audit/evidence/log-pasts";
import { readMarkers } from "../activities/audit/evidence/markers";
import { createHeadroomActivities } from "../activities/audit/headroom";
import { createHoldOthersActivities } from "../activities/backfill/hold-others";
import { createLeaveAloneActivities } from "../activities/backfill/leave-alone";
import { createLeaseActivities } from "../activities/backfill/leases";
import { createImporterActivities } from "../activities/backfill/import";
import { createPlanningActivities } from "../activities/backfill/planning";
import { createAwaitRefineActivities } from "../activities/backfill/await-refine";
import { createFlagActivities } from "../activities/backfill/clear-flags";
import { createKillRefineActivities } from "../activities/backfill/kill-refine";
import { createSubmitRefineActivities } from "../activities/backfill/submit-refine";
import { createReplayActivities } from "../activities/backfill/replay";
import { createRetentionActivities } from "../activities/backfill/hold-retention";
import { createReportActivities } from "../activities/backfill/report";
import { createCollectActivities } from "../activities/backfill/search/collect";
import { createMissingActivities } from "../activities/backfill/search/missing";
import { Drivers } from "../activities/backfill/drivers";
import { Submitter } from "../activities/backfill/submitter";
import { createVerifyActivities } from "../activities/backfill/verify/verify";
import { takingSagaNames } from "../activities/backfill/saga-id";
import { createScanLogsActivities } from "../activities/backfill/scan-logs";
import { createAlertActivities } from "../activities/incidents/alerts";
import { createIncidentActivities } from "../activities/incidents/incidents";
import { tellingOutages } from "../activities/outages";
import { clientsOf } from "../clients/cluster";
import { driverRuns, type Jobs, runCommand } from "../clients/commands";
import { EventArchive } from "../clients/event-archive";
import { Storage } from "../clients/storage";
import type { Config } from "../domain/settings/config";
import { eventReaderOf } from "../domain/settings/event-reader";
import { configDigest } from "../domain/settings/config-digest";
import { datasetOf } from "../domain/settings/dataset";
import { policyOf } from "../domain/settings/policy";
import { secretVariables } from "../domain/settings/secret-variables";
import type { Pipeline } from "../domain/settings/pipelines";
import { createImporter } from "../importers/registry";
import { PIPELINES } from "./http-server";

/**
 * Builds the clients, and what activities share, once for each worker and pipeline.
 * @param pipeline its name, where it has one, and the folder of storage in which what all pipelines share is kept
 */
export function createDependencies(
  config: Config,
  client: Client,
  { name, sharedPath }: Omit<Pipeline, "config"> = {
    sharedPath: config.storage.path,
  },
) {
  const clients = clientsOf(config);
  const hdfs = clients.hdfs(config.allowedPrefixes);
  const storage = new Storage(
    hdfs,
    config.storage.path,
    config.metrics && servedAt(config.metrics, name),
  );
  const yarn = clients.yarn();
  const kafka = clients.kafka();
  const connect = clients.connect?.();
  const isHidden = secretVariables(config);
  const jobs: Jobs = {
    driverRuns,
    runCommand: (argv, signal) => runCommand(argv, signal, isHidden),
    prepare: clients.freshTicket,
  };
  const drivers = new Drivers({
    host: hostname(),
    graceMs: config.yarn.driverSeconds * 1000,
    jobs,
    storage,
  });
  return {
    config,
    client,
    freshTicket: clients.freshTicket,
    webToken: clients.webToken,
    hdfs,
    storage,
    /** What all pipelines share. */
    shared: new Storage(hdfs, sharedPath),
    source: createImporter(
      hdfs,
      config.importer,
      connect && {
        connect,
        kafka,
        rawDirOf: (topic) => datasetOf(topic, config.naming)?.rawDir,
      },
    ),
    kafka,
    hive: clients.hive(),
    archive: new EventArchive(
      config.archive?.files ?? [],
      eventReaderOf(config),
    ),
    yarn,
    submitter: new Submitter(yarn, drivers),
    cache: new EvidenceCache(storage),
    jobs,
    drivers,
    policyOf: (topic: string) =>
      policyOf(topic, config.policy, config.policies),
    markers: readMarkers(storage),
    pasts: logPasts(storage),
    canaries: canaryCounts(storage),
    openMysql: clients.mysql,
  };
}

/** Where browsers find what the control worker serves of a pipeline. */
const servedAt = (
  { url, host, port }: NonNullable<Config["metrics"]>,
  pipeline: string | undefined,
): string =>
  (url ?? `http://${host}:${port}`).replace(/\/$/, "") +
  (pipeline === undefined ? "" : PIPELINES + pipeline);

/** The activities of the book of leases, which pipelines with names share. */
export const createSharedActivities = ({
  client,
  shared,
}: ReturnType<typeof createDependencies>) =>
  createLeaseActivities({ client, storage: shared });

/** Every activity; each factory is handed the clients that it uses. */
export function createActivities(deps: ReturnType<typeof createDependencies>) {
  const { config, client, kafka, hdfs, hive, source, archive } = deps;
  const { storage, yarn, submitter, cache, jobs, drivers } = deps;
  const { policyOf, markers, canaries, pasts, webToken } = deps;
  /** What every factory needs that judges topic-hours: audits, planning, the search and verification. */
  const judging = {
    config,
    kafka,
    hdfs,
    hive,
    source,
    archive,
    policyOf,
    markers,
    canaries,
    pasts,
  };
  const collect = createCollectActivities({
    ...judging,
    storage,
    openMysql: deps.openMysql,
  });
  const byName = {
    ...createAuditActivities({ ...judging, storage, cache }),
    ...createHeadroomActivities({ ...judging, storage }),
    ...createCanaryActivities({ ...judging, storage }),
    ...createPlanningActivities({ ...judging, storage, yarn }),
    ...collect,
    ...createMissingActivities({ ...judging, storage, submitter }, collect),
    ...createReplayActivities({ config, kafka, storage }),
    ...createRetentionActivities({ config, kafka, storage }),
    ...createImporterActivities({
      config,
      source,
      kafka,
      yarn,
      storage,
      drivers,
    }),
    ...createFlagActivities({ config, hdfs, storage }),
    ...createSubmitRefineActivities({
      config,
      hdfs,
      storage,
      yarn,
      submitter,
    }),
    ...createHoldOthersActivities({ config, jobs }),
    ...createAwaitRefineActivities({ config, hdfs, yarn, storage }),
    ...createKillRefineActivities({ yarn }),
    ...createScanLogsActivities({ config, hdfs, yarn, storage }),
    ...createVerifyActivities({ ...judging, storage, submitter }),
    ...createLeaseActivities({ client, storage: deps.shared }),
    ...createLeaveAloneActivities({ storage }),
    ...createReportActivities({ storage }),
    ...createAlertActivities({
      config,
      client,
      storage,
      policyOf,
      webToken,
    }),
    ...createIncidentActivities({
      client,
      storage,
      policyOf,
      owners: config.owners,
    }),
  };
  return takingSagaNames(tellingOutages(byName), configDigest(config));
}
