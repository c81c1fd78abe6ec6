import { ApplicationFailure, CancelledFailure } from "@temporalio/common";

/** The types of failures that no retry can mend. */
export type FatalType =
  | "InvalidInput"
  | "NotAllowed"
  | "RefusedJob"
  | "RefusedRecord"
  | "BadFormat"
  | "Fenced"
  | "CannotTell"
  | "Undeliverable"
  | "ApplicationFailed";

/** An activity's failure that Temporal does not retry. */
export function fatal(type: FatalType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/** A service that could not be reached, or did not answer as it should. Its message begins with the service's name and address. */
export class ServiceError extends Error {
  constructor(
    readonly service: string,
    readonly address: string,
    message: string,
    cause: unknown,
  ) {
    super(`${service} at ${address}: ${message}`, { cause });
  }
}

/** Whether an attempt was told to end, by Temporal or by an AbortSignal: that is not the service's failure. */
export const isCancelled = (error: unknown) =>
  error instanceof CancelledFailure ||
  (error as Error | undefined)?.name === "AbortError";

/** A failure whose message says what to do about it; its cause would say less. */
export class Explained extends Error {}

/** A fault of ours, or of what we have stored, that is met while a service is used: it is not the service's. */
export class OwnFault extends Error {}

/** Somebody who was asked has not answered in time: something may have been done. */
export class NoAnswer extends Error {
  /** @param origin who was asked, as a URL's origin */
  constructor(
    seconds: number,
    readonly origin: string,
  ) {
    super(`no answer in ${seconds} s`);
  }
}

/** What went wrong, in words. `fetch` says only that it failed and keeps the reason in `cause`; some errors have a code alone. */
function reasonOf(error: unknown): string {
  if (error instanceof Explained) return error.message;
  const inner =
    error instanceof Error && error.cause instanceof Error
      ? error.cause
      : error;
  if (!(inner instanceof Error)) return String(inner);
  if (inner.message !== "") return inner.message;
  return String((inner as NodeJS.ErrnoException).code ?? inner.name);
}

/**
 * Makes a call to a service and returns its result.
 * @param address host and port, or a URL, for the message
 * @param adviceOn what an operator can do about a failure, where that is known
 * @throws ServiceError where the call fails. Failures that already say what they are (fatal ones, those of an inner service,
 *   faults of our own, cancellations) pass unchanged
 */
export async function calling<T>(
  service: string,
  address: string,
  call: () => Promise<T>,
  adviceOn: (error: unknown) => string | undefined = () => undefined,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (
      error instanceof ApplicationFailure ||
      error instanceof ServiceError ||
      error instanceof OwnFault ||
      isCancelled(error)
    )
      throw error;
    const advice = adviceOn(error);
    const reason = reasonOf(error);
    throw new ServiceError(
      service,
      address,
      advice === undefined ? reason : `${reason} (${advice})`,
      error,
    );
  }
}
