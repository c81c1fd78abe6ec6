import { jumps } from "../../../../domain/audit/jumps";
import fc from "fast-check";
import { withLedger } from "../../../../domain/audit/attribution";
import {
  type HourEvidence,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import type { Judgement } from "../../../../domain/audit/judgement";
import { type Advance, unaccounted } from "../../../../domain/audit/ledger";
import { repeatedIn } from "../../../../domain/audit/surplus";
import { addHours, HOUR_MS, hourStart } from "../../../../lib/hour";
import { POLICY } from "./cases";

const FIRST = "2018-07-05T00";

/** What happens in an hour of a topic of one partition, in this order. */
const step = fc.record({
  produced: fc.nat({ max: 6 }),
  /** How many of what is unread Kafka deletes before the importer comes. */
  deletes: fc.nat({ max: 4 }),
  run: fc.constantFrom("none", "usual", "usual", "repeated"),
  /** Records that the run takes, reads wrongly and records as errors. */
  errors: fc.nat({ max: 1 }),
});

/** A history, and what goes wrong with it afterwards. */
export const history = fc.record({
  steps: fc.array(step, { minLength: 2, maxLength: 8 }),
  /** Whether retention deletes what was unread, at all. */
  isDeleting: fc.boolean(),
  /** Whether the importer goes on at the log start once its offset is out of range, or is stuck. */
  isReset: fc.boolean(),
  /** Which raw files are removed, by their number; those beyond the last are none. */
  removed: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
  isArchiveRead: fc.boolean(),
  /** How many of the oldest offsets Kafka deletes at the end, of those that were imported. */
  expires: fc.nat({ max: 30 }),
});
export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

type Played = {
  /** The hour's number of each offset. */
  hourOf: number[];
  files: { hour: string; offsets: number[]; isRemoved: boolean }[];
  advances: Advance[];
  stored: number;
  low: number;
  watermark: number | undefined;
};

/** Plays a history: what was produced, what the importer did, what is left. */
function play({ steps, isDeleting, isReset, removed, expires }: History) {
  const played: Played = {
    hourOf: [],
    files: [],
    // The importer knew the topic before: what it never read is not told here.
    advances: [
      { run: "first", time: 0, partition: 0, from: "0", to: "0", errors: 0 },
    ],
    stored: 0,
    low: 0,
    watermark: undefined,
  };
  const take = (index: number, from: number, to: number, errors: number) => {
    const byHour = new Map<number, number[]>();
    for (let offset = from + errors; offset < to; offset++) {
      const hour = played.hourOf[offset]!;
      byHour.set(hour, [...(byHour.get(hour) ?? []), offset]);
    }
    for (const [hour, offsets] of byHour)
      played.files.push({
        hour: addHours(FIRST, hour),
        offsets,
        isRemoved: removed.includes(played.files.length),
      });
    played.advances.push({
      run: `run ${played.advances.length}`,
      time: hourStart(FIRST) + (index + 1) * HOUR_MS + played.advances.length,
      partition: 0,
      from: String(from),
      to: String(to),
      errors,
    });
  };
  for (const [index, { produced, deletes, run, errors }] of steps.entries()) {
    for (let i = 0; i < produced; i++) played.hourOf.push(index);
    const end = played.hourOf.length;
    if (isDeleting && deletes > 0)
      played.low = Math.min(end, Math.max(played.low, played.stored + deletes));
    if (run === "none") continue;
    if (played.stored < played.low) {
      if (!isReset) continue;
      played.stored = played.low;
    }
    const from = played.stored;
    // A run's state names where it stands though it took nothing.
    const failed = Math.min(errors, end - from);
    take(index, from, end, failed);
    if (run === "repeated") take(index, from, end, failed);
    played.stored = end;
    if (end > from)
      played.watermark = hourStart(FIRST) + played.hourOf[end - 1]! * HOUR_MS;
  }
  played.low = Math.max(played.low, Math.min(expires, played.stored));
  return played;
}

/** The evidence of a played history, as audits put it together, judged long after. */
function audit({ steps, isArchiveRead }: History, played: Played): Judgement[] {
  const { hourOf, low, stored, watermark, advances } = played;
  const range = { since: FIRST, until: addHours(FIRST, steps.length) };
  const asOf = hourStart(range.until) + 100 * HOUR_MS;
  const files = played.files
    .filter(({ isRemoved }) => !isRemoved)
    .map(({ hour, offsets }) => ({
      hour,
      partition: 0,
      end: String(offsets.at(-1)! + 1),
      count: offsets.length,
      offsets,
    }));
  const repeated = repeatedIn(advances, files);
  const jumped = jumps(advances).reduce((sum, gap) => sum + gap.records, 0);
  const topic: TopicEvidence = {
    partitions: [
      {
        partition: 0,
        stored: String(stored),
        logStart: String(low),
        logEnd: String(hourOf.length),
      },
    ],
    ...(watermark === undefined ? {} : { watermark }),
    drift: [],
    lastRun: asOf,
    ...(jumped > 0 ? { jumped } : {}),
  };
  const hours = steps.map((_, index): HourEvidence => {
    const hour = addHours(FIRST, index);
    const own = hourOf.flatMap((at, offset) => (at === index ? [offset] : []));
    const held = files.filter((file) => file.hour === hour);
    const before = hourOf.filter((at) => at < index).length;
    const left = own.filter((offset) => offset >= low).length;
    const isKnown = before >= low || left > 0;
    const raw = held.length === 0 ? undefined : held;
    return {
      hour,
      produced: isKnown
        ? { ...measured(left), ...(before >= low ? {} : { atLeast: true }) }
        : unknowable("deleted"),
      archived: isArchiveRead ? measured(own.length) : unknowable("excluded"),
      ...(stored >= before + own.length ? { passed: true } : {}),
      ...(raw
        ? {
            raw: {
              count: raw.reduce((sum, { count }) => sum + count, 0),
              files: raw.length,
              mtime: 1,
              problems: [],
              ...repeated(hour),
            },
            refined: {
              doneFlag: 1,
              outdatedFlag: false,
              rows: measured(new Set(raw.flatMap((f) => f.offsets)).size),
              geocoded: true,
            },
          }
        : {}),
      queryable: raw !== undefined,
    };
  });
  return withLedger(
    hours,
    unaccounted(advances, files, []),
    advances,
    range,
  ).map((hour) => judge(hour, topic, POLICY, asOf));
}

/** What an audit says of a history, and how many events the truth misses: those that no raw file has. */
export function auditedHistory(told: History) {
  const played = play(told);
  const held = new Set(
    played.files.flatMap(({ isRemoved, offsets }) =>
      isRemoved ? [] : offsets,
    ),
  );
  return {
    missing: played.hourOf.filter((_, offset) => !held.has(offset)).length,
    judgements: audit(told, played),
  };
}
