import { heartbeat } from "@temporalio/activity";

/** Well below the shortest heartbeat timeout, 10 seconds. */
const EVERY_MS = 2000;

/**
 * Does something that cannot say how far it is, such as running a child process, and heartbeats until it has ended.
 *
 * @param details what a heartbeat carries, asked anew for each
 * @returns what the work returns; its errors are passed on
 */
export async function heartbeatWhile<T>(
  work: () => Promise<T>,
  details?: () => unknown,
): Promise<T> {
  const timer = setInterval(() => heartbeat(details?.()), EVERY_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
