import { isCancelled, ServiceError } from "../../../clients/errors";
import type { Outage } from "../../../domain/audit/audit-report";

/** What a stage says, or why it could not be read. What could not be read is unknowable, never absent. */
export type Stage<T> = { read: true; value: T } | { read: false; why: string };

/** How the reading of evidence bears services that are down. */
export type Tolerance = {
  /** Whether a service that does not answer makes its stage unreadable; else its error is thrown. */
  tolerant: boolean;
  /** Services that did not answer, by name; brought up to date. */
  outages: Map<string, Outage>;
};

/** Reads a stage. @throws whatever the work throws, but for outages where they are tolerated */
export async function readStage<T>(
  { tolerant, outages }: Tolerance,
  work: () => Promise<T>,
): Promise<Stage<T>> {
  try {
    return { read: true, value: await work() };
  } catch (error) {
    if (!tolerant || !(error instanceof ServiceError)) throw error;
    const { service, address, message } = error;
    outages.set(service, { service, address, message });
    return { read: false, why: message };
  }
}

/** Whether something went wrong with what was read, and not with a service: another attempt would find the same. */
export const isOwnFault = (error: unknown): boolean =>
  !(error instanceof ServiceError) && !isCancelled(error);

/**
 * Reads something whose own fault, such as a file that is cut off, ends no audit: it is told in `problems`, and undefined is returned.
 * @throws what the service's outage or a cancellation throws
 */
export async function readOrProblem<T>(
  what: string,
  work: () => Promise<T>,
  problems: string[],
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    problems.push(`${what} cannot be read: ${(error as Error).message}`);
    return undefined;
  }
}

/** What a stage says, or something else where it could not be read. */
export const valueOr = <T>(stage: Stage<T>, other: T): T =>
  stage.read ? stage.value : other;
