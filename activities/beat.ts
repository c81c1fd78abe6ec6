import { cancellationSignal, heartbeat } from "@temporalio/activity";

/**
 * Heartbeats from within long work, and ends it where this attempt is no longer wanted: it was cancelled, or a heartbeat came too late
 * and a successor does the same work already.
 * @param details what the heartbeat carries
 * @throws CancelledFailure
 */
export function beat(details?: unknown): void {
  heartbeat(details);
  endIfUnwanted();
}

/** Ends work that is heartbeated for from outside, as {@link beat} does. @throws CancelledFailure */
export function endIfUnwanted(): void {
  cancellationSignal().throwIfAborted();
}
