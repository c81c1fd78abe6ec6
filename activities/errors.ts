import { ApplicationFailure } from "@temporalio/common";

/** The failures that no retry can mend, by type. */
export type FatalType =
  | "InvalidInput"
  | "NotAllowed"
  | "RefusedJob"
  | "StalePlan"
  | "BadFormat"
  | "Fenced"
  | "ApplicationFailed";

export function fatal(type: FatalType, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}

/** Runs a call to a service; a failure to reach it says which service at which address. */
export async function calling<T>(
  service: string,
  address: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
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
    throw new Error(`${service} at ${address}: ${message}`, { cause: error });
  }
}
