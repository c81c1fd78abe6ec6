import { AsyncLocalStorage } from "node:async_hooks";

/** Requests made, by service. */
export type Requests = Record<string, number>;

const current = new AsyncLocalStorage<Requests>();

/** Counts one request more, where somebody counts. */
export function countRequest(service: string, n = 1): void {
  const counts = current.getStore();
  if (counts) counts[service] = (counts[service] ?? 0) + n;
}

/** Runs work and tells which requests it made; what runs beside it is not counted. */
export async function counting<T>(
  work: () => Promise<T>,
): Promise<{ result: T; requests: Requests }> {
  const requests: Requests = {};
  const result = await current.run(requests, work);
  return { result, requests };
}
