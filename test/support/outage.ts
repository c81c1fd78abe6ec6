import { ApplicationFailure } from "@temporalio/client";
import type { Outage } from "../../domain/audit/audit-report";
import { OUTAGE } from "../../domain/backfill/outage";

export const HDFS_DOWN: Outage = {
  service: "HDFS",
  address: "nn1:9870",
  message: "HDFS at nn1:9870: refused",
};

/** How an activity's last attempt ends whose service is down: see activities/outages.ts. */
export const lastOutage = (outage = HDFS_DOWN): ApplicationFailure =>
  ApplicationFailure.create({
    type: OUTAGE,
    message: outage.message,
    details: [outage],
    nonRetryable: true,
  });
