import {
  heldLine,
  type MissingEvent,
  missingLine,
  parseCandidate,
  parseMissing,
} from "../../../formats/candidate";
import { SortedRuns } from "./sorted-runs";

/** Lines of the search's files, without their line breaks. */
export type Lines = AsyncIterable<string>;

/** The sorters of one join. No two of them fill at the same time, but what is left in each stays in memory. */
const SORTERS = 3;

/**
 * Candidates that nobody holds, in the order of topic and time. Both inputs are sorted and then read side by side, in memory of a bounded
 * size, however long they are. Where several sources or lines have the same event, the best source's earliest line counts.
 * @param held lines of `heldLine`, in any order
 * @param candidates lines of `candidateLine`, in any order
 */
export async function* antiJoin(
  held: Lines,
  candidates: Lines,
  memoryBytes: number,
): AsyncGenerator<MissingEvent> {
  const bytesOfEach = Math.floor(memoryBytes / SORTERS);
  const heldRuns = new SortedRuns(bytesOfEach);
  const candidateRuns = new SortedRuns(bytesOfEach);
  const missingRuns = new SortedRuns(bytesOfEach);
  try {
    for await (const line of held) await heldRuns.add(line);
    for await (const line of candidates) await candidateRuns.add(line);
    const missing = withoutHeld(heldRuns.sorted(), candidateRuns.sorted());
    // They come in the order of topic and uuid, and are wanted in that of topic and time.
    for await (const event of missing)
      await missingRuns.add(missingLine(event));
    for await (const line of missingRuns.sorted()) yield parseMissing(line);
  } finally {
    await Promise.all([
      heldRuns.close(),
      candidateRuns.close(),
      missingRuns.close(),
    ]);
  }
}

/** Events of sorted candidates whose name is not among the sorted held ones: each once, in the order of topic and uuid. */
async function* withoutHeld(
  held: AsyncIterator<string>,
  candidates: Lines,
): AsyncGenerator<MissingEvent> {
  let nextHeld = await held.next();
  /** The event whose lines are being read, unless it is held. */
  let current: MissingEvent | undefined;
  for await (const line of candidates) {
    const candidate = parseCandidate(line);
    if (current?.topic === candidate.topic && current.uuid === candidate.uuid) {
      if (candidate.rank === 0) current.copies++;
      continue;
    }
    if (current) yield current;
    const name = heldLine(candidate.topic, candidate.uuid);
    while (!nextHeld.done && nextHeld.value < name)
      nextHeld = await held.next();
    const isHeld = !nextHeld.done && nextHeld.value === name;
    current = isHeld ? undefined : { ...candidate, copies: 1 };
  }
  if (current) yield current;
}
