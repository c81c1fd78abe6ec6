import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { beat } from "../../beat";
import type { EventArchive } from "../../../clients/event-archive";
import type {
  CollectedUnit,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import { candidateLine, candidateOf } from "../../../formats/candidate";
import { shortDigest } from "../../../lib/digest";
import type { HourRange } from "../../../lib/hour";
import type { SearchUnits } from "./search-units";

/**
 * Candidates from the archive of this host: its events of the topics in the range, a unit a file.
 * @param buckets how many buckets the topics name
 * @returns a reference of what was collected for each bucket
 */
export async function collectFromArchive(
  archive: EventArchive,
  archiveHost: string,
  units: SearchUnits,
  input: { topics: SearchedTopic[]; range: HourRange },
  buckets?: number,
): Promise<string[]> {
  const bySchema = new Map(input.topics.map((t) => [t.schema, t]));
  // Where an operator has had a topic skipped meanwhile, the same file gives other lines: the topics are part of a unit's name.
  const searched = input.topics
    .map((t) => `${t.schema} ${t.bucket ?? 0}`)
    .join(" ");
  const source = `archive-${archiveHost.replaceAll(/[^\w.-]/g, "_")}`;

  const collectFile = async (file: string): Promise<CollectedUnit> => {
    // The log that is being written grows: its size and its time are part of the unit's name, too.
    const { size, mtimeMs } = await stat(file);
    const version = shortDigest(`${file} ${size} ${mtimeMs} ${searched}`);
    return units.doneOnce(
      `${source}/${basename(file)}-${version}`,
      async (add) => {
        const { unreadable } = await archive.scanFile(
          file,
          input.range,
          async (event, _hour, text) => {
            const found = bySchema.get(event.schema);
            if (!found) return;
            const candidate = candidateOf(found.topic, 0, event, text);
            await add(candidateLine(candidate), found.bucket);
          },
          () => beat(file),
        );
        return { files: [file], unreadable };
      },
      buckets,
    );
  };

  const collected: CollectedUnit[] = [];
  for (const file of await archive.files())
    collected.push(await collectFile(file));
  return units.storeSource(source, collected, buckets, archiveHost);
}
