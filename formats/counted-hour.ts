import { z } from "zod";
import { jsonIn } from "../lib/json";
import { FormatError, named } from "./format-error";

/**
 * The lines by which topic-hours are counted on Spark (jvm/spark-jobs, CountRows): what is to be read, and what was found.
 */

/** A file as HDFS listed it; of another length or time it is another file. */
type ListedFile = { path: string; length: number; mtime: number };

/** A raw file, whose name tells how many records it holds: damage that ends it early is found by that. */
type ListedRawFile = ListedFile & { records: number };

/** A topic-hour that is to be counted. */
export type HourToCount = {
  /** Its place among all that are verified, from 0. */
  no: number;
  raw: ListedRawFile[];
  refined: ListedFile[];
  /** Why it is not known what readers get; absent where it is. Spark does not look at it: it is kept for whoever reads the answer. */
  unread?: string;
};

const fieldsOf = ({ path, length, mtime }: ListedFile) => [path, length, mtime];

/**
 * An hour that is to be counted, as a line of JSON; {@link parseHourToCount} reads it. A file is a list of path, length and time (epoch ms), and
 * of a raw file its records.
 */
export const hourToCountLine = ({ raw, refined, ...rest }: HourToCount) =>
  JSON.stringify({
    ...rest,
    raw: raw.map((file) => [...fieldsOf(file), file.records]),
    refined: refined.map(fieldsOf),
  });

/** What is read back of a line of {@link hourToCountLine}. */
const hourToCount = z.object({
  no: z.int(),
  refined: z.array(z.unknown()),
  unread: z.string().optional(),
});

/** What a line of {@link hourToCountLine} tells besides the files themselves. @throws FormatError where it is none. @param ref names its file then */
export function parseHourToCount(
  line: string,
  ref: string,
): Pick<HourToCount, "no" | "unread"> & { refinedFiles: number } {
  const parsed = hourToCount.safeParse(jsonIn(line));
  if (!parsed.success)
    throw new FormatError(`${ref}: a line is no hour that is to be counted`);
  const { no, refined, unread } = parsed.data;
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
  "leftOut",
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
 * What Spark has found of an hour. `leftOut` is how many of its files were not as expected: then the other numbers say nothing. `rowsTold` and
 * `eventsTold` are the rows and events that its files gave, each counted as it was read; the others are counts of what came of them.
 */
export type CountedLine = Record<(typeof COUNTED)[number], number>;

/** Reads a line of CountRows'. @throws FormatError where it is none */
export function parseCountedLine(line: string): CountedLine {
  const fields = line.split("\t");
  const numbers = fields.map(Number);
  if (
    numbers.length !== COUNTED.length ||
    !fields.every((field) => /^\d+$/.test(field)) ||
    !numbers.every(Number.isSafeInteger)
  )
    throw new FormatError(
      `not a line of ${COUNTED.length} whole numbers: ${named(line)}`,
    );
  return Object.fromEntries(
    COUNTED.map((name, i) => [name, numbers[i]]),
  ) as CountedLine;
}
