import type { EventCapsule } from "./event-capsule";

type Timed = Pick<EventCapsule, "dt" | "timestamp">;

/**
 * Between these an event's own time may lie, epoch ms. Nothing was logged before 2001; a time of 1970 comes from seconds that were taken
 * for milliseconds or from a clock that was never set.
 */
export const EARLIEST = Date.UTC(2001, 0, 1);
export const LATEST = Date.UTC(2100, 0, 1);

/** ISO 8601's calendar dates with a time of day, in the extended form (`2018-07-05T03:07:00Z`) or the basic one (`20180705T030700Z`). */
const EXTENDED =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(.*)$/;
const BASIC =
  /^(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?(.*)$/;
const OFFSET = /^([+-])(\d{2})(?::?(\d{2}))?$/;

/**
 * An event's own time, epoch ms, from its `dt` or else from the legacy `timestamp`. A `dt` without a zone is taken as UTC, as Camus takes
 * it. EventLogging's own writers take a `timestamp` in seconds and in milliseconds, others write microseconds: its size tells which.
 * @returns undefined where the event has no time that can be: see {@link timeProblem}
 */
export function capsuleTime(event: Timed): number | undefined {
  return [msOfDt(event.dt), msOfTimestamp(event.timestamp)].find(
    (ms) => ms !== undefined && ms >= EARLIEST && ms < LATEST,
  );
}

/** Why an event has no time, one clause without any value of the event; undefined where it has one. */
export function timeProblem(event: Timed): string | undefined {
  if (capsuleTime(event) !== undefined) return undefined;
  const { dt, timestamp } = event;
  if (dt === undefined && timestamp === undefined)
    return "it has neither dt nor timestamp";
  const faults: string[] = [];
  if (dt !== undefined)
    faults.push(
      msOfDt(dt) === undefined
        ? "its dt is no date and time of ISO 8601's calendar forms"
        : "its dt cannot be",
    );
  if (timestamp !== undefined) faults.push("its timestamp cannot be");
  return `${faults.join(", ")} (times from 2001 to 2100 can)`;
}

/** The time that a value of an event says, as {@link capsuleTime} takes one: a text as a `dt`, a number as a `timestamp`. */
export function timeOfValue(value: unknown): number | undefined {
  if (typeof value === "string") return capsuleTime({ dt: value });
  return typeof value === "number"
    ? capsuleTime({ timestamp: value })
    : undefined;
}

/** @returns undefined for whatever is no such text */
function msOfDt(dt: string | undefined): number | undefined {
  const parts = dt && (EXTENDED.exec(dt) ?? BASIC.exec(dt));
  if (!parts) return undefined;
  const [, year, month, day, hh, mm, ss = "00", fraction = "", zone] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hh}:${mm}:${ss}Z`);
  const ahead = minutesAhead(zone!);
  return Number.isNaN(ms) || ahead === undefined
    ? undefined
    : ms + Number(`${fraction}000`.slice(0, 3)) - ahead * 60_000;
}

/** By how many minutes a zone is ahead of UTC. */
function minutesAhead(zone: string): number | undefined {
  if (zone === "" || zone === "Z" || zone === "z") return 0;
  const parts = OFFSET.exec(zone);
  if (!parts) return undefined;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return parts[1] === "-" ? -minutes : minutes;
}

/** Seconds below 1e11 (the year 5138), milliseconds below 1e14, and microseconds above that. */
function msOfTimestamp(timestamp: number | undefined): number | undefined {
  if (timestamp === undefined || !Number.isFinite(timestamp)) return undefined;
  if (timestamp < 1e11) return Math.trunc(timestamp * 1000);
  return Math.trunc(timestamp < 1e14 ? timestamp : timestamp / 1000);
}
