import { z } from "zod";

/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** A day in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

/** A UTC hour, written `2018-07-05T03`; strings of this form sort by time. */
export const hour = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}$/, "an hour is written 2018-07-05T03 (UTC)")
  .refine((text) => {
    const ms = Date.parse(`${text}:00:00Z`);
    return (
      !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 13) === text
    );
  }, "no such hour in the calendar; hours run from 00 to 23 (UTC)");

export type Hour = string;

/** Half-open: `since` belongs to it, `until` does not. */
export type HourRange = { since: Hour; until: Hour };

/** The hour that holds an instant (epoch ms). */
export function hourOf(ms: number): Hour {
  return new Date(ms).toISOString().slice(0, 13);
}

/** Epoch ms at which an hour starts. */
export function hourStart(h: Hour): number {
  return Date.parse(`${h}:00:00Z`);
}

export function addHours(h: Hour, n: number): Hour {
  return hourOf(hourStart(h) + n * HOUR_MS);
}

export function hoursIn(range: HourRange): Hour[] {
  const hours: Hour[] = [];
  for (
    let ms = hourStart(range.since);
    ms < hourStart(range.until);
    ms += HOUR_MS
  )
    hours.push(hourOf(ms));
  return hours;
}

export function inRange(h: Hour, range: HourRange): boolean {
  return h >= range.since && h < range.until;
}

/** `year=2018/month=7/day=5/hour=3`, not padded: how Refine and Hive name a partition. */
export function partitionPath(h: Hour): string {
  const [year, month, day, hh] = h.replace("T", "-").split("-").map(Number);
  return `year=${year}/month=${month}/day=${day}/hour=${hh}`;
}

/** The inverse of {@link partitionPath}; also reads `year=2018,month=7,day=5,hour=3`. @returns undefined for whatever names no hour of the calendar */
export function hourOfPartition(text: string): Hour | undefined {
  const m = /year=(\d+)[/,]month=(\d+)[/,]day=(\d+)[/,]hour=(\d+)/.exec(text);
  if (!m) return undefined;
  const [, year, month, day, hh] = m;
  const pad = (s: string | undefined) => String(s).padStart(2, "0");
  const named = `${year}-${pad(month)}-${pad(day)}T${pad(hh)}`;
  return hour.safeParse(named).success ? named : undefined;
}
