import type { RawEvidence } from "../../../domain/audit/evidence";
import { advanceHolding } from "../../../domain/audit/ledger";
import { surpluses } from "../../../domain/audit/surplus";
import type { RawFile } from "../../../importers/importer";
import type { Hour } from "../../../lib/hour";
import type { RawHour } from "./raw-hours";
import type { SharedEvidence } from "./shared-evidence";

/** Raw hours as evidence: counts, what was imported twice, strange files, files that were changed after their run, and when their newest file was imported. */
export function rawEvidence(
  shared: Pick<SharedEvidence, "runs" | "advances">,
  topic: string,
  raw: Record<Hour, RawHour>,
): Map<Hour, RawEvidence> {
  const advanceOf = advanceHolding(shared.advances(topic));
  const runs = new Map(shared.runs.map((run) => [run.name, run]));
  const runOf = (file: RawFile) => runs.get(advanceOf(file)?.run ?? "");
  const surplus = surpluses(
    shared.advances(topic),
    Object.entries(raw).flatMap(([hour, { files }]) =>
      files.map((file) => ({ ...file, hour })),
    ),
  );
  const evidenceOf = (
    hour: Hour,
    { files, strange, mtime }: RawHour,
  ): RawEvidence => {
    const twice = surplus.filter((found) => found.hour === hour);
    const imported = files.flatMap((file) => {
      const run = runOf(file);
      return run ? [{ file, run }] : [];
    });
    const changed = imported
      .filter(({ file, run }) => file.mtime > run.endedAt)
      .map(
        ({ file, run }) =>
          `${file.name} was changed after the run ${run.name} had imported it`,
      );
    return {
      count: files.reduce((sum, file) => sum + file.count, 0),
      ...(files.some(({ atMost }) => atMost) ? { atMost: true } : {}),
      files: files.length,
      mtime,
      problems: [...strange, ...changed],
      ...(twice.length === 0
        ? {}
        : {
            twice: {
              records: twice.reduce((sum, { records }) => sum + records, 0),
              why: twice.map(({ why }) => why).join("; "),
            },
          }),
      ...(imported.length === 0
        ? {}
        : { importedAt: Math.max(...imported.map(({ run }) => run.time)) }),
    };
  };
  return new Map(
    Object.entries(raw).map(([hour, found]) => [hour, evidenceOf(hour, found)]),
  );
}
