/**
 * The beginning of a log message. Sites have layouts of their own (log4j's `PatternLayout`), so it is not told by one pattern but by
 * what every layout has: a time and a level before the message, in whichever order and between whatever brackets.
 */

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
/** One of these stands in whatever begins a message; WARN in WARNING, too. */
export const LOG_LEVELS = [
  "TRACE",
  "DEBUG",
  "INFO",
  "WARN",
  "ERROR",
  "FATAL",
  "SEVERE",
];
const LEVELS = LOG_LEVELS.join("|").replace("WARN", "WARN(?:ING)?");
/** A date in figures or with the month's name, as the layouts of log4j and java.util.logging write it; a zone may follow the time. */
const DATE =
  "(?:\\d{2,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{8}|(?:[A-Za-z]{3},? )?(?:\\d{1,2}[ -/][A-Za-z]{3}[ -/]\\d{2,4}|[A-Za-z]{3} \\d{1,2},?(?: \\d{4})?))";
const TIME =
  "\\d{1,2}:\\d{2}:\\d{2}(?:[.,:]\\d{1,9})?(?: ?[AP]M)?(?: ?(?:Z|UTC|GMT|[+-]\\d{2}:?\\d{2}))?(?: \\d{4})?";
const WHEN = `(?:${DATE}[T ,:]{1,2})?${TIME}`;
/** Without punctuation: log4j's COMPACT and ISO8601_BASIC, and milliseconds since 1970 or since the start, as `%r` writes them. */
const DIGITS = "\\d{8}T\\d{6}(?:[.,]\\d{1,9})?|\\d{1,17}(?=\\s)";
/** What stands between the parts: brackets, dashes, bars, and names of threads in brackets. */
const BETWEEN = "[\\s\\][()<>|:,;-]*(?:[[(][^\\])]*[\\])]\\s*[|:-]?\\s*)?";
/** A thread's or a logger's name without brackets. */
const NAME = "(?:[\\w.$#/-]+[\\s|:-]+){0,2}?";
const TIME_FIRST = new RegExp(
  `^[\\s[(<]*(?:(${WHEN})${BETWEEN}${NAME}|(${DIGITS})${BETWEEN})(${LEVELS})\\b[\\s\\])>|:,;-]*(.*)$`,
);
const LEVEL_FIRST = new RegExp(
  `^[\\s[(<]*(${LEVELS})\\b${BETWEEN}(${WHEN})[\\s\\])>|:,;-]*(.*)$`,
);

/**
 * The beginning of a log message, whatever the layout's date: `18/07/05 12:00:01 INFO Refine: …` as Spark comes with,
 * `2018-07-05 12:00:01,123 INFO [main] Refine: …`, `[2018-07-05T12:00:01.123Z] ERROR …`, `INFO  05 Jul 2018 12:00:01,123 …`.
 *
 * @returns the time as it is written, with the date turned round where it would not sort otherwise (it sorts within a century, and has
 * no zone); the level; and logger and message. Undefined for lines that go on with a message, such as those of a stack trace
 */
export function parseLogHead(
  line: string,
): { time: string; level: string; text: string } | undefined {
  const timeFirst = TIME_FIRST.exec(line);
  if (timeFirst) {
    const [, time, digits, level, text] = timeFirst;
    return { time: sortable(time ?? digits!), level: level!, text: text! };
  }
  const levelFirst = LEVEL_FIRST.exec(line);
  if (!levelFirst) return undefined;
  const [, level, time, text] = levelFirst;
  return { time: sortable(time!), level: level!, text: text! };
}

/** A time with its date from the year down. A date in figures that begins with its year, or has two figures for it, is so already. */
function sortable(time: string): string {
  if (/^\d+$/.test(time)) return time.padStart(DIGITS_OF_TIME, "0");
  const afternoon = /^(.*?)(\d{1,2})(:\d{2}:\d{2}.*?) ?([AP])M(.*)$/.exec(time);
  if (afternoon) {
    const [, before, hours, rest, half, after] = afternoon;
    const hour = (Number(hours) % 12) + (half === "P" ? 12 : 0);
    return sortable(`${before}${pad(hour)}${rest}${after}`);
  }
  const figures = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(.*)$/.exec(time);
  if (figures) {
    // Which of the two is the month cannot be told: times sort within a month either way.
    const [, a, between, b, year, rest] = figures;
    return [year, a, b].join(between) + rest!;
  }
  const named =
    /^(?:[A-Za-z]{3},? )?(?:(\d{1,2})[ -/]([A-Za-z]{3})[ -/](\d{2,4})|([A-Za-z]{3}) (\d{1,2}),?(?: (\d{4}))?)[T ,:]{1,2}(\d{1,2}:.*)$/.exec(
      time,
    );
  if (!named) return time;
  const month = MONTHS.indexOf((named[2] ?? named[4])!.toLowerCase()) + 1;
  if (month === 0) return time;
  const year = named[3] ?? named[6];
  const day = Number(named[1] ?? named[5]);
  return `${year === undefined ? "" : `${year}-`}${pad(month)}-${pad(day)} ${named[7]}`;
}

/** As many as a time without punctuation has at most, so that shorter ones sort before. */
const DIGITS_OF_TIME = 17;
const pad = (n: number): string => String(n).padStart(2, "0");
