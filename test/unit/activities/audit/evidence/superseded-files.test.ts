import type { RawHour } from "../../../../../activities/audit/evidence/raw-hours";
import { withoutSuperseded } from "../../../../../activities/audit/evidence/superseded-files";
import type { Advance } from "../../../../../domain/audit/ledger";
import type { ImporterRun, RawFile } from "../../../../../importers/importer";

const TOPIC = "eventlogging_Edit";
const HOUR = "2018-07-05T03";

const file = (end: string, mtime: number, partition = 0) =>
  ({
    name: `to ${end} at ${mtime}`,
    partition,
    end,
    count: 1,
    mtime,
  }) as RawFile;
const run = (
  endedAt: number,
  moved: [from: string, to: string] | undefined,
  takenBack?: { topics: string[] },
): ImporterRun => ({
  name: `run ${endedAt}`,
  time: endedAt,
  endedAt,
  advances: new Map(
    moved
      ? [[TOPIC, [{ partition: 0, from: moved[0], to: moved[1] } as Advance]]]
      : [],
  ),
  problems: [],
  ...(takenBack ? { takenBack } : {}),
});
/** The names of the files that count. */
const counted = (files: RawFile[], runs: ImporterRun[]) =>
  withoutSuperseded({ [HOUR]: { files } as RawHour }, TOPIC, runs)[
    HOUR
  ]!.files.map(({ name }) => name);

const FILES = [file("10", 1), file("30", 5), file("30", 25)];
const ABORT = run(10, undefined, { topics: [TOPIC] });

test("files that an abort has left do not count once a later run has read their offsets again", () => {
  const again = run(20, ["20", "40"]);
  expect(counted(FILES, [run(4, undefined), ABORT, again])).toEqual([
    "to 10 at 1",
    "to 30 at 25",
  ]);
});

test("until then they count: nothing else holds their records", () => {
  const all = FILES.map(({ name }) => name);
  expect(counted(FILES, [ABORT])).toEqual(all);
  // It went on behind them: Kafka has deleted those offsets.
  expect(counted(FILES, [ABORT, run(20, ["30", "40"])])).toEqual(all);
});

test("nothing of another topic, of another partition, or without an abort is left out", () => {
  const again = run(20, ["0", "40"]);
  const other = run(10, undefined, { topics: ["eventlogging_Popups"] });
  expect(counted(FILES, [other, again])).toHaveLength(3);
  expect(counted(FILES, [run(10, undefined), again])).toHaveLength(3);
  expect(counted([file("30", 5, 1)], [ABORT, again])).toHaveLength(1);
});
