import { ApplicationFailure, CancelledFailure } from "@temporalio/common";

/** The failures that no retry can mend, by type. */
export type FatalType =
  | "InvalidInput"
  | "NotAllowed"
  | "RefusedJob"
  | "StalePlan"
  | "BadFormat"
  | "Fenced"
  | "Undeliverable"
  | "ApplicationFailed";

export function fatal(type: FatalType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/** A service that could not be reached or did not answer as it should. */
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

/** The attempt was told to end; that is nobody's failure. */
const isCancelled = (error: unknown) =>
  error instanceof CancelledFailure ||
  (error as Error | undefined)?.name === "AbortError";

/** Runs a call to a service; a failure to reach it says which service at which address. */
export async function calling<T>(
  service: string,
  address: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (
      error instanceof ApplicationFailure ||
      error instanceof ServiceError ||
      isCancelled(error)
    )
      throw error;
    const cause =
      error instanceof Error && error.cause instanceof Error
        ? error.cause
        : error;
    const message =
      cause instanceof Error
        ? cause.message === ""
          ? String((cause as NodeJS.ErrnoException).code ?? cause.name)
          : cause.message
        : String(cause);
    throw new ServiceError(service, address, message, error);
  }
}
