import { proxyActivities, type ActivityOptions } from "@temporalio/workflow";
import type { createAuditActivities } from "../../activities/audit/audit";
import type { createCanaryActivities } from "../../activities/audit/canary";
import type { createCollectActivities } from "../../activities/backfill/search/collect";
import type { createHeadroomActivities } from "../../activities/audit/headroom";
import type { createImporterActivities } from "../../activities/backfill/import";
import type { createMissingActivities } from "../../activities/backfill/search/missing";
import type { createAlertActivities } from "../../activities/incidents/alerts";
import type { createIncidentActivities } from "../../activities/incidents/incidents";
import type { createPlanningActivities } from "../../activities/backfill/planning";
import type { createRefineActivities } from "../../activities/backfill/refine";
import type { createReplayActivities } from "../../activities/backfill/replay";
import type { createReportActivities } from "../../activities/backfill/report";
import type { createVerifyActivities } from "../../activities/backfill/verify/verify";
import type { createYarnLogActivities } from "../../activities/backfill/yarn-logs";

/** Reads: fast, tried often; a service that is down is waited for, visibly. */
const READ: ActivityOptions = {
  startToCloseTimeout: "10 minutes",
  heartbeatTimeout: "30 seconds",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "30 seconds",
    maximumAttempts: 20,
  },
};

/** Changes something; every one is idempotent, and tells how far it is: thousands of flags take their time. */
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

/** Takes as long as it takes. The heartbeat is short, so that an abort is heard and a dead worker's work is soon taken over. */
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
type Refine = ReturnType<typeof createRefineActivities>;
type Importer = ReturnType<typeof createImporterActivities>;
type Logs = ReturnType<typeof createYarnLogActivities>;
type Alerts = ReturnType<typeof createAlertActivities>;
type Incidents = ReturnType<typeof createIncidentActivities>;
type Report = ReturnType<typeof createReportActivities>;

/** An alert is delivered, whenever that is. */
const DELIVER: ActivityOptions = {
  startToCloseTimeout: "1 minute",
  retry: {
    initialInterval: "1 second",
    backoffCoefficient: 2,
    maximumInterval: "5 minutes",
  },
};

/** On the workflow's own task queue. */
export const control = {
  read: proxyActivities<
    Pick<Audit, "listTopics" | "settings" | "finishAudit"> &
      Pick<Replay, "replayStarts"> &
      Omit<Alerts, "deliver"> &
      Incidents &
      Headroom &
      Canary &
      Report
  >(READ),
  mutate: proxyActivities<
    Pick<Refine, "clearFlags" | "restoreFlags" | "killRefine" | "killJob"> &
      Pick<Replay, "holdRetention" | "restoreRetention"> &
      Pick<Importer, "restoreOffsets">
  >(MUTATE),
  deliver: proxyActivities<Pick<Alerts, "deliver">>(DELIVER),
};

/** On hosts that submit jobs and move data. */
export const bulk = proxyActivities<
  Pick<Replay, "replay"> &
    Pick<Importer, "resetImport" | "importReplayed"> &
    Pick<Refine, "submitRefine" | "awaitRefine"> &
    Pick<Logs, "scanLogs">
>({ ...LONG, taskQueue: "bulk" });

/** On the host that holds all-events.log. */
export function archiveHost(taskQueue: string) {
  return {
    read: proxyActivities<
      Pick<Audit, "auditBatch" | "auditTopic" | "explainHour">
    >({
      ...READ,
      taskQueue,
    }),
    /** Looks at every topic-hour of the range; of a fleet that was never audited, for long. */
    plan: proxyActivities<Planning>({
      ...READ,
      startToCloseTimeout: "12 hours",
      heartbeatTimeout: "60 seconds",
      taskQueue,
    }),
    long: proxyActivities<Collect & Missing & Verify>({
      ...LONG,
      heartbeatTimeout: "60 seconds",
      taskQueue,
    }),
  };
}
