import type { Hour } from "../../../lib/hour";
import type { ImporterRun, RawFile } from "../../../importers/importer";
import type { RawHour } from "./raw-hours";

/**
 * Raw hours without the files that an abort has left: they were written by runs that were taken back since, and a later run has read the same
 * offsets again and has written them once more. Counted twice they would hide what is missing besides, and their repetition would be
 * looked for in other hours. As long as nobody has read these offsets again, the files count: nothing else holds their records.
 */
export function withoutSuperseded(
  raw: Record<Hour, RawHour>,
  topic: string,
  runs: readonly ImporterRun[],
): Record<Hour, RawHour> {
  const aborts = runs.flatMap((run, i) =>
    run.takenBack?.topics.includes(topic)
      ? [
          {
            at: run.endedAt,
            again: runs
              .slice(i + 1)
              .flatMap(({ advances }) => advances.get(topic) ?? []),
          },
        ]
      : [],
  );
  if (aborts.length === 0) return raw;
  const isSuperseded = ({ partition, end, mtime }: RawFile) =>
    aborts.some(
      ({ at, again }) =>
        mtime < at &&
        again.some(
          (advance) =>
            advance.partition === partition &&
            BigInt(advance.from) < BigInt(end) &&
            BigInt(end) <= BigInt(advance.to),
        ),
    );
  return Object.fromEntries(
    Object.entries(raw).map(([hour, found]) => [
      hour,
      { ...found, files: found.files.filter((file) => !isSuperseded(file)) },
    ]),
  );
}
