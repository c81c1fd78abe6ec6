import {
  type Hour,
  hourOf,
  type HourRange,
  hourStart,
  inRange,
  HOUR_MS,
} from "../../lib/hour";
import type { HourEvidence, RawEvidence } from "./evidence";
import type { Advance, Gap } from "./ledger";

/** How many records more other stages know of in an hour than its raw hour has. */
export type Deficit = { hour: Hour; records: number };

/** Records that no raw file has, and the gaps that say so. */
export type Attributed = {
  missing: number;
  /** Present where all of it is only a bound, as Kafka could not be counted. */
  missingAtMost?: true;
  /** How many of them the importer says itself not to have written, or cannot have. */
  notWritten?: number;
  why: string;
};

/**
 * Hours with the ledger's findings and the importer's own errors written to those they belong to. A gap and an error are of an importer run:
 * which hour they are of follows from the other counts, or from the time of the run.
 */
export function withLedger(
  hours: HourEvidence[],
  gaps: Gap[],
  advances: Advance[],
  range: HourRange,
): HourEvidence[] {
  const attributed = attributeGaps(gaps, deficitsOf(hours), range);
  const withErrors = advances.filter(({ errors }) => errors > 0);
  return hours.map((evidence) => {
    const { hour } = evidence;
    const gap = attributed.get(hour);
    const failed = withErrors.filter(({ time }) => hourOfRun(time) === hour);
    if (!gap && failed.length === 0) return evidence;
    const raw: RawEvidence = evidence.raw ?? {
      count: 0,
      files: 0,
      mtime: 0,
      problems: [],
    };
    return {
      ...evidence,
      raw: {
        ...raw,
        problems: [
          ...raw.problems,
          ...(gap ? [gap.why] : []),
          ...failed.map(
            ({ errors, partition, run }) =>
              `${errors} records of partition ${partition} could not be decoded by the run ${run}`,
          ),
        ],
        ...(gap ? { missing: gap.missing } : {}),
        ...(gap?.missingAtMost ? { missingAtMost: true } : {}),
        ...(gap?.notWritten ? { notWritten: gap.notWritten } : {}),
        ...(failed.length > 0
          ? { errors: failed.reduce((sum, { errors }) => sum + errors, 0) }
          : {}),
      },
    };
  });
}

/** The hour that an importer run (epoch ms) mostly imported: the one before it. */
const hourOfRun = (time: number): Hour => hourOf(time - HOUR_MS);

/** Hours of which the archive or the rows know more than the raw hour has. */
const deficitsOf = (hours: HourEvidence[]): Deficit[] =>
  hours.flatMap(({ hour, archived, refined, raw }) => {
    const known = Math.max(
      archived.known ? archived.count : 0,
      refined?.rows.known ? refined.rows.count : 0,
    );
    const records = known - (raw?.count ?? 0);
    return records > 0 ? [{ hour, records }] : [];
  });

/**
 * Gives each gap to the hours it belongs to: those whose other counts exceed the raw count, as far as they explain it; the rest to the newest
 * hour into which the gap's task wrote, to the hour of its run, which is the best that is known, or to the range's last hour where that lies outside of the range or no run is known.
 */
export function attributeGaps(
  gaps: Gap[],
  deficits: Deficit[],
  range: HourRange,
): Map<Hour, Attributed> {
  const found = new Map<Hour, Attributed>();
  const unexplained = deficits.map((deficit) => ({ ...deficit }));
  for (const gap of gaps) {
    const why = sentenceOf(gap);
    const give = (hour: Hour, records: number) => {
      const known = found.get(hour);
      found.set(hour, {
        missing: (known?.missing ?? 0) + records,
        ...(IS_DOUBTED[gap.atMost ?? "counted"] &&
        (!known || known.missingAtMost)
          ? { missingAtMost: true }
          : {}),
        ...(gap.fault === undefined && !known?.notWritten
          ? {}
          : {
              notWritten:
                (known?.notWritten ?? 0) +
                (gap.fault === undefined ? 0 : records),
            }),
        why: known ? `${known.why}; ${why}` : why,
      });
    };
    let left = gap.records;
    // Hours into which the importer says to have written come first.
    const isOwn = ({ hour }: Deficit) => gap.hours?.includes(hour) ?? false;
    const inOrder = [
      ...unexplained.filter(isOwn),
      ...unexplained.filter((deficit) => !isOwn(deficit)),
    ];
    for (const deficit of inOrder) {
      const records = Math.min(left, deficit.records);
      if (records <= 0) continue;
      deficit.records -= records;
      left -= records;
      give(deficit.hour, records);
    }
    if (left > 0) give(hourWithin(gap, range), left);
  }
  return found;
}

function hourWithin({ time, hours = [] }: Gap, range: HourRange): Hour {
  const newest = hours
    .filter((hour) => inRange(hour, range))
    .sort()
    .at(-1);
  if (newest !== undefined) return newest;
  const hour = time === undefined ? undefined : hourOfRun(time);
  return hour !== undefined && inRange(hour, range)
    ? hour
    : hourOf(hourStart(range.until) - 1);
}

/** Whether less may be missing than a gap says, and Kafka would tell if it could be read: such a gap is a reason to look. */
const IS_DOUBTED = {
  counted: false,
  deleted: false,
  uncounted: true,
  unreadable: true,
};

/** What is added to a gap's sentence where its records are a bound. */
const DOUBT: Record<NonNullable<Gap["atMost"]>, string> = {
  deleted:
    "; Kafka has deleted the range, so that offsets without a record cannot be told",
  uncounted:
    "; too many offsets to be counted in Kafka, and some may hold no record",
  unreadable:
    "; they could not be counted in Kafka, and some may hold no record",
};

const sentenceOf = ({
  records,
  partition,
  from,
  to,
  run,
  atMost,
  fault,
  task,
}: Gap) =>
  `${atMost ? "at most " : ""}${records} records of partition ${partition}, offsets ${from} to ${to}, ${othersOf(task)}${
    fault !== undefined
      ? `were read and not written by the run ${run}, and its position moved on (${fault}): they `
      : run
        ? `imported by the run ${run}, `
        : ""
  }are in no raw file${atMost ? DOUBT[atMost] : ""}`;

/** The other partitions that a task read, of which a gap may be as well. */
const othersOf = (task: Gap["task"]): string =>
  task && task.others.length > 0
    ? `or of ${task.others.map(({ partition, from, to }) => `partition ${partition}, offsets ${from} to ${to}`).join(", ")}, `
    : "";
