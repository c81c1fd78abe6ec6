import { parsePartitionKey } from "../lib/keys";
import type { ImporterState, Position } from "./importer";

/** A topic's positions in the state that an importer has stored, by partition. */
export const positionsOfTopic = (
  state: ImporterState,
  topic: string,
): Map<number, Position> =>
  new Map(
    [...state.positions].flatMap(([key, position]) => {
      const of = parsePartitionKey(key);
      return of.topic === topic ? [[of.partition, position]] : [];
    }),
  );
