import {
  proxyActivities as proxied,
  type ActivityOptions,
} from "@temporalio/workflow";
import type { createAuditActivities } from "../../activities/audit/audit";
import type { createCanaryActivities } from "../../activities/audit/canary";
import type { createCollectActivities } from "../../activities/backfill/search/collect";
import type { createHeadroomActivities } from "../../activities/audit/headroom";
import type { createHoldOthersActivities } from "../../activities/backfill/hold-others";
import type { createLeaveAloneActivities } from "../../activities/backfill/leave-alone";
import type { createLeaseActivities } from "../../activities/backfill/leases";
import type { createImporterActivities } from "../../activities/backfill/import";
import type { createMissingActivities } from "../../activities/backfill/search/missing";
import type { createAlertActivities } from "../../activities/incidents/alerts";
import type { createIncidentActivities } from "../../activities/incidents/incidents";
import type { createPlanningActivities } from "../../activities/backfill/planning";
import type { createAwaitRefineActivities } from "../../activities/backfill/await-refine";
import type { createFlagActivities } from "../../activities/backfill/clear-flags";
import type { createKillRefineActivities } from "../../activities/backfill/kill-refine";
import type { createSubmitRefineActivities } from "../../activities/backfill/submit-refine";
import type { createReplayActivities } from "../../activities/backfill/replay";
import type { createRetentionActivities } from "../../activities/backfill/hold-retention";
import type { createReportActivities } from "../../activities/backfill/report";
import type { createVerifyActivities } from "../../activities/backfill/verify/verify";
import type { createScanLogsActivities } from "../../activities/backfill/scan-logs";
import { BULK_QUEUE } from "../../domain/settings/task-queues";
import { tellingSaga } from "./saga-name";
import { scoped } from "./scope";

/** Temporal's own, and each activity is told the name of the saga that calls it. */
const proxyActivities = <A extends object>(options: ActivityOptions) =>
  tellingSaga(proxied<A>(options));

/** Reads something and is soon done. Twenty attempts outlast a short outage, and the Web UI shows them. */
const READ = {
  startToCloseTimeout: "10 minutes",
  heartbeatTimeout: "30 seconds",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "30 seconds",
    maximumAttempts: 20,
  },
} satisfies ActivityOptions;

/**
 * How often an audit reads. Without the service that it keeps its findings in it ends soon after its patience, so that people hear of that; the few
 * attempts more are for workers that end meanwhile. @param patience `audit.patience`; undefined where a worker of before has answered
 */
export const readsOfAudit = (
  patience: number | undefined,
): Pick<ActivityOptions, "retry"> => ({
  retry: {
    ...READ.retry,
    ...(patience === undefined ? {} : { maximumAttempts: patience + 3 }),
  },
});

/** Answers somebody who waits: rather not at all than late. */
const QUICK: ActivityOptions = {
  startToCloseTimeout: "15 seconds",
  retry: { maximumAttempts: 2 },
};

/** Changes something. Each such activity is idempotent, and heartbeats as it goes, since thousands of flags take their time. */
const MUTATE: ActivityOptions = {
  startToCloseTimeout: "6 hours",
  heartbeatTimeout: "15 seconds",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "1 minute",
    maximumAttempts: 20,
  },
};

/**
 * Moves data or reads all of it, which may take days. The heartbeat is short: by its answer an activity hears of an abort, and by its absence
 * the server notices that a worker is dead.
 */
const LONG: ActivityOptions = {
  startToCloseTimeout: "5 days",
  heartbeatTimeout: "10 seconds",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "1 minute",
    maximumAttempts: 50,
  },
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
};

type Audit = ReturnType<typeof createAuditActivities>;
type Headroom = ReturnType<typeof createHeadroomActivities>;
type Canary = ReturnType<typeof createCanaryActivities>;
type Planning = ReturnType<typeof createPlanningActivities>;
type Collect = ReturnType<typeof createCollectActivities>;
type Missing = ReturnType<typeof createMissingActivities>;
type Verify = ReturnType<typeof createVerifyActivities>;
type Replay = ReturnType<typeof createReplayActivities>;
type Retention = ReturnType<typeof createRetentionActivities>;
type Flags = ReturnType<typeof createFlagActivities>;
type SubmitRefine = ReturnType<typeof createSubmitRefineActivities>;
type AwaitRefine = ReturnType<typeof createAwaitRefineActivities>;
type KillRefine = ReturnType<typeof createKillRefineActivities>;
type Importer = ReturnType<typeof createImporterActivities>;
type Logs = ReturnType<typeof createScanLogsActivities>;
type Alerts = ReturnType<typeof createAlertActivities>;
type Incidents = ReturnType<typeof createIncidentActivities>;
type HoldOthers = ReturnType<typeof createHoldOthersActivities>;
type LeaveAlone = ReturnType<typeof createLeaveAloneActivities>;
type Leases = ReturnType<typeof createLeaseActivities>;
type Report = ReturnType<typeof createReportActivities>;

/** Delivers an alert: tried again until the receiver has it. */
const DELIVER: ActivityOptions = {
  startToCloseTimeout: "1 minute",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "5 minutes",
  },
};

/** Stores the book of leases, however long storage is down: a book that gave up would forget what was given back meanwhile. */
const BOOK: ActivityOptions = {
  startToCloseTimeout: "1 minute",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "30 seconds",
  },
};

/** Activities on the task queue of the workflow itself. */
export const control = {
  read: proxyActivities<
    Pick<Audit, "listTopics" | "settings" | "finishAudit"> &
      Pick<Replay, "replayStarts"> &
      Omit<Alerts, "deliver"> &
      Incidents &
      Headroom &
      Canary &
      Omit<Leases, "keepLeaseBook" | "readLeaseBook"> &
      Report
  >(READ),
  quick: proxyActivities<Pick<Audit, "settings" | "unknownTopics">>(QUICK),
  mutate: proxyActivities<
    Flags &
      KillRefine &
      Retention &
      LeaveAlone &
      Pick<Importer, "restoreOffsets">
  >(MUTATE),
  deliver: proxyActivities<Pick<Alerts, "deliver">>(DELIVER),
  book: proxyActivities<Pick<Leases, "keepLeaseBook" | "readLeaseBook">>(BOOK),
};

/** Activities on the hosts that submit jobs and move data. This module is loaded anew for each workflow, so that its task queue is known. */
export const bulk = proxyActivities<
  Pick<Replay, "replay"> &
    Pick<Importer, "resetImport" | "importReplayed"> &
    HoldOthers &
    SubmitRefine &
    AwaitRefine &
    Pick<Logs, "scanLogs">
>({ ...LONG, taskQueue: scoped(BULK_QUEUE) });

/** Activities on a host that has an archive of events. @param taskQueue the queue of that host, `archive@<host>` */
export function archiveHost(taskQueue: string) {
  return {
    read: proxyActivities<
      Pick<Audit, "auditBatch" | "auditTopic" | "explainHour">
    >({
      ...READ,
      taskQueue,
    }),
    /** A plan asks about every topic-hour of its range, which takes hours where no audit remembers them. */
    plan: proxyActivities<Planning>({
      ...READ,
      startToCloseTimeout: "12 hours",
      heartbeatTimeout: "30 seconds",
      taskQueue,
    }),
    long: proxyActivities<Collect & Missing & Verify>({
      ...LONG,
      heartbeatTimeout: "30 seconds",
      taskQueue,
    }),
  };
}
