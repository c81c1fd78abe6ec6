import { ApplicationFailure } from "@temporalio/common";
import { ServiceError } from "../clients/errors";
import type { Outage } from "../domain/audit/audit-report";
import { OUTAGE } from "../domain/backfill/outage";

type Activity = (...args: never[]) => Promise<unknown>;

/** The same activities; where a service fails them, their failure says so by its type, as workflows wait for a service and not for a fault of ours. */
export const tellingOutages = <A extends Record<string, Activity>>(
  activities: A,
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (...args: never[]) => {
        try {
          return await activity(...args);
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          const { service, address, message } = error;
          const outage: Outage = { service, address, message };
          throw ApplicationFailure.create({
            type: OUTAGE,
            message,
            details: [outage],
            cause: error,
          });
        }
      },
    ]),
  ) as A;
