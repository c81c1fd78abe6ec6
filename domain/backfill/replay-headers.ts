/** The header that tells a replayed message from an original one, and one saga's from another's: it holds the saga's id. */
export const BACKFILL_HEADER = "backfill-id";

/** The header that holds the event's index in its topic's list of missing events. Version 0.1.0 did not write it. */
const INDEX_HEADER = "backfill-place";

/** The header that holds the event's uuid. */
const UUID_HEADER = "uuid";

/** The Kafka headers of a message that a saga replays. */
export const replayHeaders = (
  sagaId: string,
  index: number,
  uuid: string,
): Record<string, string> => ({
  [BACKFILL_HEADER]: sagaId,
  [INDEX_HEADER]: String(index),
  [UUID_HEADER]: uuid,
});

/** Whether another saga than this one has replayed a message. */
export const isReplayOfAnother = (
  headers: Record<string, string>,
  sagaId: string,
): boolean => {
  const by = headers[BACKFILL_HEADER];
  return by !== undefined && by !== sagaId;
};

/**
 * Which missing event a message's headers name.
 * @returns undefined where this saga did not replay the message; `index` is undefined where version 0.1.0 replayed it
 */
export function replayedEvent(
  headers: Record<string, string>,
  sagaId: string,
): { index: number | undefined; uuid: string } | undefined {
  if (headers[BACKFILL_HEADER] !== sagaId) return undefined;
  const index = headers[INDEX_HEADER];
  return {
    index: index === undefined ? undefined : Number(index),
    uuid: headers[UUID_HEADER] ?? "",
  };
}
