import { fatal } from "../../clients/errors";
import {
  hasMoved,
  type Positions,
} from "../../domain/backfill/import-progress";

/** Importer runs in a row that move no position of the topics, after which nobody may hope for the next one. */
const MAX_FRUITLESS_RUNS = 12;
/** Partitions that an error names; of more it gives the number. */
const MAX_NAMED = 10;

const named = (partitions: string[]) =>
  partitions.length > MAX_NAMED
    ? `${partitions.slice(0, MAX_NAMED).join(", ")} and ${partitions.length - MAX_NAMED} more`
    : partitions.join(", ");

/**
 * Runs the importer again and again until no partition lacks anything any more. Runs that get further may be as many as it takes: a run
 * may be bounded in time or size.
 * @returns how many runs it took
 * @throws ApplicationFailure "ApplicationFailed", not to be retried, after twelve runs in a row that moved no position of the topics
 */
export async function importUntilNothingLacks(importer: {
  topics: string[];
  /** Where the importer stands now, by its stored offsets. */
  positions: () => Promise<Positions>;
  /** Partitions that still lack something, by `<topic>/<partition>`. */
  lacking: (positions: Positions) => Promise<string[]>;
  /** Runs it once, to its end. */
  runOnce: () => Promise<void>;
  /** Where its log lies, for whoever reads the error. */
  log: string;
}): Promise<number> {
  let before: Positions | undefined;
  let fruitless = 0;
  for (let runs = 0; ; runs++) {
    const positions = await importer.positions();
    const left = await importer.lacking(positions);
    if (left.length === 0) return runs;
    const isFruitless =
      before !== undefined && !hasMoved(importer.topics, before, positions);
    fruitless = isFruitless ? fruitless + 1 : 0;
    before = positions;
    if (fruitless === MAX_FRUITLESS_RUNS)
      throw fatal(
        "ApplicationFailed",
        `${fruitless} importer runs in a row got no further; still not imported: ${named(left)}; see ${importer.log}`,
      );
    await importer.runOnce();
  }
}
