/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** A day in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

/** A UTC hour, written `2018-07-05T03`; strings of this form sort by time. */
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

/** The directory of a day (`2018-07-05`) of partitions: `year=2018/month=7/day=5`. */
export function partitionDayPath(day: string): string {
  const ofHour = partitionPath(`${day}T00`);
  return ofHour.slice(0, ofHour.lastIndexOf("/"));
}

/**
 * The year, month, day and hour of a partition, one after the other, between slashes as Hive and HDFS write them, or commas as Refine does.
 * Values that are strings may be padded with zeros and stand in quotes; an hour may be a time of the day, whose colons Hive escapes.
 */
const PARTITION =
  /(?:^|[/,(\s])year="?(\d{4})"?[/,]\s?month="?0*(\d{1,2})"?[/,]\s?day="?0*(\d{1,2})"?[/,]\s?hour="?0*(\d{1,2})(?:(?::|%3A)00){0,2}"?(?=$|[/,)\s])/i;

/**
 * The inverse of {@link partitionPath}, wherever it stands in a text. It reads every other name that the same hour may have, such as
 * `datacenter=eqiad/year=2018/month=07/day=05/hour=03`; undefined where there is none, or no such hour.
 */
export function hourOfPartition(text: string): Hour | undefined {
  const m = PARTITION.exec(text);
  if (!m) return undefined;
  const [, year, month, day, hh] = m;
  const pad = (s: string | undefined) => String(s).padStart(2, "0");
  const found = `${year}-${pad(month)}-${pad(day)}T${pad(hh)}`;
  const start = hourStart(found);
  return !Number.isNaN(start) && hourOf(start) === found ? found : undefined;
}
