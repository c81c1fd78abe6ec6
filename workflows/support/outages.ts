import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
} from "@temporalio/workflow";
import type { Outage } from "../../domain/audit/audit-report";
import { OUTAGE } from "../../domain/backfill/outage";

/** The error of the activity itself, without those of Temporal around it. */
export function rootCause(error: unknown): Error {
  let cause = error as Error;
  while (
    (cause instanceof ActivityFailure ||
      cause instanceof ChildWorkflowFailure) &&
    cause.cause
  )
    cause = cause.cause;
  return cause;
}

/** The service that did not answer an activity, or refused it; undefined where it failed otherwise. See activities/outages.ts. */
export function outageOf(error: unknown): Outage | undefined {
  const cause = rootCause(error);
  return cause instanceof ApplicationFailure && cause.type === OUTAGE
    ? (cause.details?.[0] as Outage)
    : undefined;
}
