/** A partition whose log Kafka bounds by its size. */
export type SizedPartition = {
  /** Of the whole log. */
  bytes: number;
  logStart: bigint;
  logEnd: bigint;
  /** The first offset that the importer has not read. */
  next: bigint;
  /** How many messages came in an hour, of late. */
  perHour: number;
};

/**
 * For how many hours unread data is safe where Kafka keeps at most so many bytes of a partition: until as much has come as fits behind it. An
 * estimate by the log's own mean size of a message and its growth of late.
 * @returns `hours` infinite where nothing is unread or nothing comes; `retentionHours`: how long a message lies in the log
 */
export function hoursBySize(
  partitions: SizedPartition[],
  retentionBytes: number,
): { hours: number; retentionHours: number } {
  let hours = Infinity;
  let retentionHours = Infinity;
  for (const { bytes, logStart, logEnd, next, perHour } of partitions) {
    const messages = Number(logEnd - logStart);
    if (messages === 0) continue;
    const bytesOfOne = bytes / messages;
    const growth = bytesOfOne * perHour;
    const room = retentionBytes - bytesOfOne * Number(logEnd - next);
    retentionHours = Math.min(
      retentionHours,
      growth > 0 ? retentionBytes / growth : Infinity,
    );
    if (next >= logEnd) continue;
    if (room <= 0) hours = 0;
    else if (growth > 0) hours = Math.min(hours, room / growth);
  }
  return { hours: Math.floor(hours), retentionHours };
}
