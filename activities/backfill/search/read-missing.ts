import type { EventReader } from "../../../formats/events/event-reader";
import type { Storage } from "../../../clients/storage";
import type {
  MissingPart,
  MissingTopic,
} from "../../../domain/backfill/missing";
import { OwnFault } from "../../../clients/errors";
import { sha256 } from "../../../lib/digest";
import { parseJson } from "../../../lib/json";
import { partsDigest } from "./store-missing";

const changed = (ref: string) =>
  new OwnFault(`${ref} is not what was stored there`);

/** What of an event says which it is, and when it was. */
type Identified = NonNullable<ReturnType<EventReader["identified"]>>;

/** A missing event, and its text as it was found: that is what is replayed. */
export type FoundEvent = { event: Identified; text: string };

/**
 * The search checked every field when it stored the line, and the file's digest says that it is the same line. A second full check would take a
 * quarter of a fast replay's time.
 */
function identified(
  line: string,
  ref: string,
  reader: EventReader,
): Identified {
  const found = reader.identified(parseJson(line, ref));
  if (found === undefined)
    throw new OwnFault(
      `${ref}: an event's identity or time has another type, or is not where the configuration says`,
    );
  return found;
}

function* eventsOf(
  ref: string,
  text: string,
  reader: EventReader,
): Generator<FoundEvent> {
  for (const line of text.split("\n"))
    // Behind the last line break there is nothing.
    if (line !== "") yield { event: identified(line, ref, reader), text: line };
}

/** The files that hold a topic's missing events, in order. Version 0.1.0 kept all events in one file, which the reference then names. */
async function partsOf(
  storage: Pick<Storage, "readRefText">,
  missing: MissingTopic,
): Promise<MissingPart[]> {
  if (!missing.ref.endsWith(".json")) return [missing];
  const parts = parseJson(
    await storage.readRefText(missing.ref),
    missing.ref,
  ) as MissingPart[];
  if (partsDigest(parts) !== missing.digest) throw changed(missing.ref);
  return parts;
}

/**
 * A topic's missing events, file by file, in the order in which they were stored; an event is parsed when it is taken.
 * @throws Error where a file is not there, or its bytes are not the ones that were stored: what is replayed is what was approved
 */
export async function* readMissing(
  storage: Pick<Storage, "readRefText">,
  missing: MissingTopic,
  reader: EventReader,
): AsyncGenerator<Iterable<FoundEvent>> {
  if (missing.events === 0) return;
  const read = async ({ ref, digest }: MissingPart) => {
    const text = await storage.readRefText(ref);
    if (sha256(text) !== digest) throw changed(ref);
    return { ref, text };
  };
  const parts = await partsOf(storage, missing);
  // The next file comes while the events of the one before are taken.
  let coming = read(parts[0]!);
  for (let i = 0; i < parts.length; i++) {
    const { ref, text } = await coming;
    const next = parts[i + 1];
    if (next) {
      coming = read(next);
      // Whoever ends early does not wait for it; where it is waited for, its failure is told.
      coming.catch(() => undefined);
    }
    yield eventsOf(ref, text, reader);
  }
}
