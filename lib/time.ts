import { HOUR_MS } from "./hour";

/** An instant (epoch ms) as every text writes it: ISO-8601, UTC, with milliseconds. */
export const instant = (ms: number): string => new Date(ms).toISOString();

/** How long something took (ms), in the unit that people would say: seconds up to two minutes, minutes up to two hours. */
export function duration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / 60_000)} min`;
  return inHours(ms);
}

/** A time span (ms) in whole hours. */
export const inHours = (ms: number): string => `${Math.round(ms / HOUR_MS)} h`;
