import { grouped } from "../../lib/grouped";
import type { Hour } from "../../lib/hour";
import { joined, type Range } from "../../lib/ranges";
import { total } from "../../lib/total";
import { type Advance, advancesHolding, type LedgerFile } from "./ledger";

/** The raw files of an hour that are of one partition. */
type Files = LedgerFile[];

/** Records of some files of an hour and a partition that the largest of them does not have: no more of them are copies. */
export const besidesLargest = (files: Files): number =>
  files.length < 2
    ? 0
    : total(files, "count") - Math.max(...files.map(({ count }) => count));

/**
 * As many records of each hour as may lie there more than once, those that do for sure among them: an upper bound, where {@link surpluses} (see
 * surplus.ts) tells the lower one. Where offsets hold no record, or runs were set aside whose files stayed, sums tell nothing of copies:
 * files do that may have taken the same offsets. Of files whose counts are only bounds nothing is said; they are doubted by themselves.
 */
export function perhapsTwice(
  advances: Advance[],
  files: (LedgerFile & { hour: Hour })[],
): Map<Hour, number> {
  const found = new Map<Hour, number>();
  const runsOf = advancesHolding(advances);
  // A file that tells no offsets may be of any: the ledger of tasks has what is known of it.
  const placed = files.filter(({ task }) => task === undefined);
  const alike = grouped(
    placed,
    ({ hour, partition }) => `${hour} ${partition}`,
  );
  for (const some of alike.values()) {
    if (some.length < 2 || some.some(({ atMost }) => atMost)) continue;
    const { hour } = some[0]!;
    const records = Math.min(
      besidesLargest(some),
      Math.max(
        ofSameEnd(some),
        ofRuns(new Set(some.flatMap(runsOf)), some),
        ofOverlappingNames(some),
      ),
    );
    if (records > 0) found.set(hour, (found.get(hour) ?? 0) + records);
  }
  return found;
}

/** Files with the same last offset have their last record in common at least. */
const ofSameEnd = (files: Files): number =>
  [...grouped(files, ({ end }) => end).values()].reduce(
    (sum, copies) => sum + besidesLargest(copies),
    0,
  );

/**
 * What several of the runs took that may have written the files, and what lies within a single run's offsets besides the one file that it has
 * written for the hour: that is of a run that was set aside, or that kept no offsets.
 */
function ofRuns(runs: Iterable<Advance>, files: Files): number {
  let again = 0n;
  let taken: Range[] = [];
  let foreign = 0;
  for (const run of runs) {
    const [from, to] = [BigInt(run.from), BigInt(run.to)];
    for (const [a, b] of taken) {
      const common = (b < to ? b : to) - (a > from ? a : from);
      if (common > 0n) again += common;
    }
    taken = joined(taken, [from, to]);
    foreign += besidesLargest(
      files.filter(({ end }) => BigInt(end) > from && BigInt(end) <= to),
    );
  }
  return Number(again) + foreign;
}

/** Offsets that more than one file spans, by names that have both ends. */
function ofOverlappingNames(files: Files): number {
  let taken: Range[] = [];
  let sum = 0n;
  for (const { start, end } of files) {
    if (start === undefined) continue;
    const [from, to] = [BigInt(start), BigInt(end)];
    sum += to - from;
    taken = joined(taken, [from, to]);
  }
  return Number(taken.reduce((left, [from, to]) => left - (to - from), sum));
}
