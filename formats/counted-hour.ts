import { parseJson } from "../lib/json";
import { FormatError, named } from "./format-error";

/**
 * The lines by which topic-hours are counted on Spark (jvm/spark-jobs, CountRows): what is to be read, and what was found.
 */

/** A file as HDFS listed it; of another length or time it is another file. */
type ListedFile = { path: string; length: number; mtime: number };

/** A topic-hour that is to be counted. */
export type HourToCount = {
  /** Its place among all that are verified, from 0. */
  no: number;
  raw: ListedFile[];
  refined: ListedFile[];
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

const fieldsOf = ({ path, length, mtime }: ListedFile) => [path, length, mtime];

/** An hour that is to be counted, as a line of JSON; {@link parseHourToCount} reads it. A file is a list of path, length and time (epoch ms). */
export const hourToCountLine = ({ raw, refined, ...rest }: HourToCount) =>
  JSON.stringify({
    ...rest,
    raw: raw.map(fieldsOf),
    refined: refined.map(fieldsOf),
  });

/** What a line of {@link hourToCountLine} tells besides the files themselves. @param ref names the line's file in an error */
export function parseHourToCount(
  line: string,
  ref: string,
): Pick<HourToCount, "no" | "unread"> & { refinedFiles: number } {
  const { no, refined, unread } = parseJson(line, ref) as {
    no: number;
    refined: unknown[];
    unread?: string;
  };
  return {
    no,
    refinedFiles: refined.length,
    ...(unread === undefined ? {} : { unread }),
  };
}

/** A replayed event of an hour as a line, which CountRows reads. @param no the hour's number */
export const replayedLine = (no: number, uuid: string) => `${no}\t${uuid}`;

/** The numbers of a line of CountRows', in its order. */
const COUNTED = [
  "no",
  "unread",
  "rowsTold",
  "eventsTold",
  "events",
  "rows",
  "distinct",
  "duplicates",
  "lacking",
  "found",
  "withIp",
  "geocoded",
] as const;

/**
 * What Spark has found of an hour. `unread` is how many of its files were not as expected: then the other numbers say nothing. `rowsTold` and
 * `eventsTold` are the rows and events that its files gave, each counted as it was read; the others are counts of what came of them.
 */
export type CountedLine = Record<(typeof COUNTED)[number], number>;

/** Reads a line of CountRows'. @throws FormatError where it is none */
export function parseCountedLine(line: string): CountedLine {
  const numbers = line.split("\t").map(Number);
  if (
    numbers.length !== COUNTED.length ||
    !numbers.every((n) => Number.isSafeInteger(n) && n >= 0)
  )
    throw new FormatError(
      `not a line of ${COUNTED.length} whole numbers: ${named(line)}`,
    );
  return Object.fromEntries(
    COUNTED.map((name, i) => [name, numbers[i]]),
  ) as CountedLine;
}
