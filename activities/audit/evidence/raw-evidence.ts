import type { RawEvidence } from "../../../domain/audit/evidence";
import { advancesHolding } from "../../../domain/audit/ledger";
import { repeatedIn } from "../../../domain/audit/surplus";
import type { RawFile } from "../../../importers/importer";
import type { Hour } from "../../../lib/hour";
import { total } from "../../../lib/total";
import type { RawHour } from "./raw-hours";
import type { SharedEvidence } from "./shared-evidence";

/** Raw hours as evidence: counts, what was imported twice, strange files, files that were changed after their run, and when their newest file was imported. */
export function rawEvidence(
  shared: Pick<SharedEvidence, "runs" | "advances">,
  topic: string,
  raw: Record<Hour, RawHour>,
): Map<Hour, RawEvidence> {
  const advancesOf = advancesHolding(shared.advances(topic));
  const runs = new Map(shared.runs.map((run) => [run.name, run]));
  const runsOf = (file: RawFile) =>
    advancesOf(file).flatMap(({ run }) => runs.get(run) ?? []);
  const repeated = repeatedIn(
    shared.advances(topic),
    Object.entries(raw).flatMap(([hour, { files }]) =>
      files.map((file) => ({ ...file, hour })),
    ),
  );
  const evidenceOf = (
    hour: Hour,
    { files, strange, mtime }: RawHour,
  ): RawEvidence => {
    const imported = files.flatMap((file) => {
      const [first, ...others] = runsOf(file);
      return first ? [{ file, first, others }] : [];
    });
    const changed = imported.flatMap(({ file, first, others }) => {
      // Runs beside one another that take the same offsets give their files the same name: the last one's is what lies there.
      const last = others.reduce(
        (a, b) => (b.endedAt > a.endedAt ? b : a),
        first,
      );
      return file.mtime > last.endedAt
        ? [
            `${file.name} was changed after the run ${last.name} had imported it`,
          ]
        : [];
    });
    return {
      count: total(files, "count"),
      ...(files.some(({ atMost }) => atMost) ? { atMost: true } : {}),
      files: files.length,
      mtime,
      problems: [...strange, ...changed],
      ...repeated(hour),
      ...(imported.length === 0
        ? {}
        : { importedAt: Math.max(...imported.map(({ first }) => first.time)) }),
    };
  };
  return new Map(
    Object.entries(raw).map(([hour, found]) => [hour, evidenceOf(hour, found)]),
  );
}
