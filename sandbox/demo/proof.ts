import { paint, table } from "../../cli/output";
import type { BackfillResult } from "../../domain/backfill/report";
import type { Outside } from "../incident/truth";

/** One line of the proof: what was measured, what came out, whether it is as it must be. */
type Measured = [what: string, value: string | number, isRight: boolean];

/** What the story has shown so far. */
export type Shown = {
  /** Headroom warned of the drifted topics and of no other. */
  foreseen: boolean;
  /** The first audit named every broken topic-hour and no other. */
  exact: boolean;
  result: Extract<BackfillResult, { numbers: unknown }>;
  outside: Outside;
  /** Topics that the last audit found broken. */
  stillBroken: number;
};

/** The sums that the saga reports, beside those that were measured from outside. */
export function proofOf({
  foreseen,
  exact,
  result,
  outside,
  stillBroken,
}: Shown): Measured[] {
  const n = result.numbers;
  const twice = outside.replayedTwice + n.replayed.twice;
  return [
    [
      "headroom warned of the drifted topics before the loss, and of no other",
      foreseen ? "yes" : "no",
      foreseen,
    ],
    [
      "the audit named every broken topic-hour and no other",
      exact ? "yes" : "no",
      exact,
    ],
    ["events lost (by the generator)", outside.lost, true],
    [
      "offsets deleted unread = messages found",
      `${n.lostOffsets} = ${n.found.messages}`,
      n.lostOffsets === n.found.messages,
    ],
    [
      "events replayed (read back by the saga)",
      n.replayed.landed,
      n.replayed.landed === outside.lost,
    ],
    [
      "lost events that Kafka holds exactly once",
      outside.replayedOnce,
      outside.replayedOnce === outside.lost,
    ],
    ["produced twice", twice, twice === 0],
    ["replayed though not lost", outside.needless, outside.needless === 0],
    ["flags removed", n.flagsRemoved, n.flagsRemoved > 0],
    [
      "partitions re-refined",
      n.refine?.finished ?? 0,
      n.refine?.failed.length === 0 && n.refine.unexplained.length === 0,
    ],
    [
      "events with exactly one row",
      `${outside.rowOnce} of ${outside.produced}`,
      outside.rowOnce === outside.produced,
    ],
    ["duplicates", outside.rowTwice, outside.rowTwice === 0],
    [
      "geocoded, of rows with an ip",
      `${((100 * outside.geocoded) / Math.max(1, outside.withIp)).toFixed(1)} %`,
      outside.geocoded === outside.withIp,
    ],
    ["topic-hours not whole after it", stillBroken, stillBroken === 0],
    [
      "the saga's own report",
      result.holds ? "holds" : "does not hold",
      result.holds,
    ],
  ];
}

export const proofText = (proof: Measured[]): string =>
  table(
    ["", "what", "measured"],
    proof.map(([what, value, isRight]) => [
      isRight ? paint("green", "ok") : paint("red", "NO"),
      what,
      value,
    ]),
  );
