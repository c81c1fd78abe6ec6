import { type Hour, HOUR_MS, hourOf, hourStart } from "./hour";

/** The hours of a time zone. A local hour is written as one of UTC is, `2018-07-04T20`. */
export type TimeZone = {
  /** The local hour in which an hour of UTC lies. */
  localOf(hour: Hour): string;
  /** The hour of UTC that a local hour is; of the two that the end of summer time gives one name, the first; undefined for one that is left out. */
  utcOf(local: string): Hour | undefined;
};

/** No time zone is further from UTC. */
const MAX_OFFSET_HOURS = 15;
/** Hours that are remembered; to ask for each anew takes some microseconds. */
const MAX_KEPT = 50_000;

/** Years and months in which {@link isOfWholeHours} looks at a zone, both ends included. */
const LOOKED_AT = { from: [2018, 6], to: [2037, 11] } as const;

const UTC: TimeZone = { localOf: (hour) => hour, utcOf: (local) => local };

/** Local time as `2018-07-04T20:30`. */
function localTimes(name: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (ms) => {
    const parts = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, value]),
    );
    return `${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}`;
  };
}

/** @param name as IANA has it, such as `America/Los_Angeles` @throws RangeError where there is no such zone */
export function timeZone(name: string): TimeZone {
  if (name === "UTC") return UTC;
  const localTime = localTimes(name);
  const kept = new Map<Hour, string>();
  const localOf = (hour: Hour): string => {
    let local = kept.get(hour);
    if (local === undefined) {
      if (kept.size >= MAX_KEPT) kept.clear();
      local = localTime(hourStart(hour)).slice(0, 13);
      kept.set(hour, local);
    }
    return local;
  };
  return {
    localOf,
    utcOf(local) {
      const asIfUtc = hourStart(local);
      for (let ahead = MAX_OFFSET_HOURS; ahead >= -MAX_OFFSET_HOURS; ahead--) {
        const hour = hourOf(asIfUtc - ahead * HOUR_MS);
        if (localOf(hour) === local) return hour;
      }
      return undefined;
    },
  };
}

/**
 * Whether a zone's hours are hours of UTC, in summer and in winter: India's, for example, begin at half past.
 * @throws RangeError where there is no such zone
 */
export function isOfWholeHours(name: string): boolean {
  const localTime = localTimes(name);
  const [fromYear, fromMonth] = LOOKED_AT.from;
  const [toYear, toMonth] = LOOKED_AT.to;
  for (
    let month = fromYear * 12 + fromMonth;
    month <= toYear * 12 + toMonth;
    month++
  )
    if (
      !localTime(Date.UTC(Math.floor(month / 12), month % 12)).endsWith(":00")
    )
      return false;
  return true;
}
