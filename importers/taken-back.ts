import { z } from "zod";
import type { ImporterRun, TakenBack } from "./importer";

/** The file in a directory of the importer's history that Sisyphus has written itself. */
export const WRITTEN_BY = "_written_by";

const writtenBy = z.object({
  by: z.string(),
  takenBack: z
    .object({ after: z.string().optional(), topics: z.array(z.string()) })
    .optional(),
});

/** What such a file says was taken back; undefined where nothing. @throws Error where it is not one of ours */
export const takenBackIn = (text: string): TakenBack | undefined =>
  writtenBy.parse(JSON.parse(text)).takenBack;

/**
 * The same runs, without what later ones have taken back: the importer reads these offsets once more, and that it had read them before is no
 * second import.
 * @param runs oldest first
 */
export function withoutTakenBack(runs: ImporterRun[]): ImporterRun[] {
  return runs.map((run, i) => {
    const gone = new Set(
      runs.slice(i + 1).flatMap(({ takenBack }) => {
        if (!takenBack) return [];
        const { after, topics } = takenBack;
        // One that is older than all that are looked at is not among them.
        const last = runs.findIndex(({ name }) => name === after);
        return i > last ? topics : [];
      }),
    );
    if (gone.size === 0) return run;
    const advances = [...run.advances].filter(([topic]) => !gone.has(topic));
    return { ...run, advances: new Map(advances) };
  });
}
