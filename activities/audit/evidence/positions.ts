import type { Dataset } from "../../../domain/settings/dataset";
import type { Offsets } from "../../../clients/kafka/kafka";
import { standing } from "../../../domain/audit/stands-in-files";
import type { ImporterState, Position } from "../../../importers/importer";
import type { Hour } from "../../../lib/hour";
import type { RawClients } from "./clients";
import type { TopicMemory } from "./evidence-cache";
import { filesOf, rawDay, type RawHour } from "./raw-hours";
import type { SharedEvidence } from "./shared-evidence";

/** Where nothing is stated, files alone tell. */
const NOTHING_STATED: ImporterState = { positions: new Map(), problems: [] };

/**
 * Where the importer stands in a topic, by partition. An importer whose files' names tell that has it in its newest file,
 * which may be older than the window: a topic may be quiet for long, and the importer may be stuck for long. Older days are listed once, the
 * newest first, and what they say is remembered. What it states itself counts as well, see {@link standing}.
 * @param raw the raw hours of the window
 * @param memory brought up to date
 */
export async function positionsIn(
  clients: RawClients,
  shared: Pick<SharedEvidence, "importer">,
  dataset: Dataset,
  raw: Record<Hour, RawHour>,
  offsets: Offsets[],
  memory: TopicMemory,
): Promise<Map<number, Position>> {
  const { hdfs, source } = clients;
  const { topic } = dataset;
  if (!source.standsInFiles)
    return source.positions(shared.importer, topic, filesOf(raw));
  const of = (hours: Record<Hour, RawHour>) =>
    source.positions(NOTHING_STATED, topic, filesOf(hours));
  const found = of(raw);
  const remembered = memory.positions;
  const positions = furthest(found, remembered ?? {});
  const isLacking = () =>
    offsets.some(
      ({ partition, high }) => high !== "0" && !positions.has(partition),
    );
  if (remembered === undefined && isLacking()) {
    const days = (await source.days(dataset)).sort().reverse();
    for (const day of days) {
      const { hours } = await rawDay(hdfs, source, dataset, day, {});
      for (const [partition, position] of of(hours))
        if (!positions.has(partition)) positions.set(partition, position);
      if (!isLacking()) break;
    }
  }
  memory.positions = Object.fromEntries(
    [...positions].map(([partition, { offset }]) => [partition, offset]),
  );
  const stated = source.positions(shared.importer, topic, []);
  for (const [partition, { offset }] of stated) {
    const log = offsets.find((one) => one.partition === partition);
    const inFiles = positions.get(partition)?.offset;
    positions.set(partition, { offset: standing(inFiles, offset, log)! });
  }
  return positions;
}

/** The further one of what was found and what is remembered, for each partition. */
function furthest(
  found: Map<number, Position>,
  remembered: Record<string, string>,
): Map<number, Position> {
  const positions = new Map(found);
  for (const [key, offset] of Object.entries(remembered)) {
    const known = positions.get(Number(key));
    if (!known || BigInt(offset) > BigInt(known.offset))
      positions.set(Number(key), { offset });
  }
  return positions;
}
