import { DAY_MS } from "../../lib/hour";
import { capsuleTime } from "./event-time";
import type { ColumnKind } from "./mysql-column";

/*
 * The time of a row. EventLogging's jrm.py writes MediaWiki time into VARCHAR(14); tables that were made otherwise have it in BINARY(14), as
 * DATETIME or TIMESTAMP, as ISO 8601, or as a number of seconds, milliseconds or microseconds.
 */

const MEDIAWIKI = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** An instant (epoch ms) in MediaWiki time, `20180705031500` (UTC). */
export function mediaWikiTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
}

/** The instant (epoch ms) of a MediaWiki time; undefined where the text is not one. */
export function parseMediaWikiTime(text: string): number | undefined {
  const m = MEDIAWIKI.exec(text);
  if (!m) return undefined;
  const ms = Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Whether a text is a MediaWiki time of an event. */
export const isMediaWikiTime = (text: string): boolean => {
  const ms = parseMediaWikiTime(text);
  return ms !== undefined && capsuleTime({ timestamp: ms / 1000 }) === ms;
};

/** `2018-07-05T03:15:00Z`, the form that EventLogging gives an event's `dt`. */
export const isoSeconds = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * The `dt` of an event by the text of its row's time.
 * @returns undefined where no event can have that time
 */
export function dtOfRow(text: string): string | undefined {
  const time = text.trim();
  if (isMediaWikiTime(time)) return isoSeconds(parseMediaWikiTime(time)!);
  if (/^\d+(?:\.\d+)?$/.test(time)) {
    const ms = capsuleTime({ timestamp: Number(time) });
    return ms === undefined ? undefined : isoSeconds(ms);
  }
  if (capsuleTime({ dt: time }) === undefined) return undefined;
  // MySQL's own form has a space; a fraction of nothing but zeros comes from the column's precision.
  const dt = time.replace(" ", "T").replace(/\.0+(?=$|[Z+-])/, "");
  // A zone may have hours only, as `capsuleTime` reads it; the date's own `-05` lies before the tenth character.
  return /[Zz]$|[+-]\d{2}(?::?\d{2})?$/.test(dt.slice(10)) ? dt : `${dt}Z`;
}

/** A range of a column's values: the first belongs to it, the second does not. */
export type Bounds = [string | number, string | number];

const mysqlTime = (ms: number) => isoSeconds(ms).slice(0, 19).replace("T", " ");

const firstDay = (since: number) => isoSeconds(since - DAY_MS).slice(0, 10);
const dayAfterLast = (until: number) =>
  isoSeconds(until + 2 * DAY_MS).slice(0, 10);

/**
 * ISO 8601's basic form, `20180705T031500Z` or with a `t`, in whatever zone: one range a day. One for all days would take in every MediaWiki
 * time of these days, too.
 */
function basicBounds(since: number, until: number): Bounds[] {
  const bounds: Bounds[] = [];
  const end = Date.parse(dayAfterLast(until));
  for (let ms = Date.parse(firstDay(since)); ms < end; ms += DAY_MS) {
    const day = mediaWikiTime(ms).slice(0, 8);
    bounds.push([`${day}T`, `${day}u`]);
  }
  return bounds;
}

/**
 * The ranges of a time column's values that the rows of a range of time lie in, one for each form that the column may have. They take in
 * more rows where a text may be written in any zone, so that each row's own time must be looked at, too.
 * @param since epoch ms, `until` likewise
 */
export function boundsOfTime(
  kind: ColumnKind,
  since: number,
  until: number,
): Bounds[] {
  const mediaWiki: Bounds = [mediaWikiTime(since), mediaWikiTime(until)];
  switch (kind) {
    case "time":
      return [[mysqlTime(since), mysqlTime(until)]];
    case "text":
    case "json":
      return [
        mediaWiki,
        // Any form that begins with its date, `2018-07-05`, in whatever zone.
        [firstDay(since), dayAfterLast(until)],
        ...basicBounds(since, until),
        // Digits of seconds are also the first digits of milliseconds and of microseconds.
        [String(Math.floor(since / 1000)), String(Math.ceil(until / 1000))],
      ];
    default:
      return [
        [Number(mediaWiki[0]), Number(mediaWiki[1])],
        ...[0.001, 1, 1000].map((factor): Bounds => [
          since * factor,
          until * factor,
        ]),
      ];
  }
}

/**
 * Between these a time column's values are times of some range: rows outside, and those without a value, are of no hour at all, and are
 * counted as such.
 */
export function boundsOfAnyTime(kind: ColumnKind): Bounds {
  switch (kind) {
    case "time":
      // What TIMESTAMP can hold, too.
      return ["1971-01-01 00:00:00", "2037-12-31 00:00:00"];
    case "text":
    case "json":
      return ["1", "3"];
    default:
      return [1, 1e17];
  }
}
