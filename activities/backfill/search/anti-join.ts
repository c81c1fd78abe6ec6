import {
  type MissingEvent,
  missingLine,
  parseCandidate,
  parseMissing,
} from "../../../formats/candidate";
import { SortedRuns } from "./sorted-runs";

export type Lines = AsyncIterable<string>;

/**
 * Candidates that nobody holds, by topic and uuid, in the order of topic and time: a merge of sorted runs, in memory of a fixed size
 * whatever the input's. Of an event that several sources or lines have, the best and earliest counts.
 */
export async function* antiJoin(
  /** `topic TAB uuid` of what is there. */
  held: Lines,
  candidates: Lines,
  memoryBytes: number,
): AsyncGenerator<MissingEvent> {
  // Three sorters; no two fill at the same time, but what is left in each stays.
  const share = Math.floor(memoryBytes / 3);
  const have = new SortedRuns(share);
  const may = new SortedRuns(share);
  const found = new SortedRuns(share);
  try {
    for await (const line of held) await have.add(line);
    for await (const line of candidates) await may.add(line);
    const keys = have.sorted();
    let key = await keys.next();
    let open: MissingEvent | undefined;
    for await (const line of may.sorted()) {
      const c = parseCandidate(line);
      if (open?.topic === c.topic && open.uuid === c.uuid) {
        if (c.rank === 0) open.copies++;
        continue;
      }
      if (open) await found.add(missingLine(open));
      open = undefined;
      const own = `${c.topic}\t${c.uuid}`;
      while (!key.done && key.value < own) key = await keys.next();
      if (key.done || key.value !== own) open = { ...c, copies: 1 };
    }
    if (open) await found.add(missingLine(open));
    for await (const line of found.sorted()) yield parseMissing(line);
  } finally {
    await Promise.all([have.close(), may.close(), found.close()]);
  }
}
