/** The older of two positions where both are known; else the one that is. Offsets are decimal strings. */
export const olderOf = (
  a: string | undefined,
  b: string | undefined,
): string | undefined =>
  a === undefined || (b !== undefined && BigInt(b) < BigInt(a)) ? b : a;

/**
 * Where an importer stands in a partition whose files tell it, and that states it as well. The older of both counts: what it states to have passed
 * and no file has may have been lost on the way. Where there is no file at all, nothing that Kafka still holds was imported, whatever is
 * stated; beyond the log's end it is of another log, which is a finding of its own.
 * @param log what Kafka holds of the partition
 */
export function standing(
  inFiles: string | undefined,
  stated: string | undefined,
  log: { low: string; high: string } | undefined,
): string | undefined {
  if (inFiles !== undefined || stated === undefined || !log)
    return olderOf(inFiles, stated);
  const isInLog = BigInt(stated) <= BigInt(log.high);
  return isInLog ? olderOf(stated, log.low) : stated;
}
