import { partitionKey } from "../../lib/keys";

/** Where a sink goes on in a partition, or is to. Offsets are decimal strings. */
export type SinkPlace = { topic: string; partition: number; offset: string };

/** What is known of a partition before a sink is set there; what Kafka holds of it, and the end of the furthest file of it. */
export type SinkPartition = {
  topic: string;
  partition: number;
  low: string;
  high: string;
  stands?: string | undefined;
  inFiles?: string | undefined;
};

const isOutside = (offset: string, { low, high }: SinkPartition): boolean =>
  BigInt(offset) < BigInt(low) || BigInt(offset) > BigInt(high);

/** Where a sink is to go on that stands outside of Kafka's log: at its start, in partitions that hold anything or in which it stands. */
export const placesInLog = (partitions: SinkPartition[]): SinkPlace[] =>
  partitions.flatMap((one) => {
    const { topic, partition, low, high, stands } = one;
    const isWanted =
      stands === undefined ? low !== high : isOutside(stands, one);
    return isWanted ? [{ topic, partition, offset: low }] : [];
  });

/**
 * Where a sink is to go on that is put back to where it stood. What Kafka has deleted since cannot be read again: there the log's start is the
 * nearest. Beyond the log's end, and so of another log, nothing can be put back: Connect would have all of it read anew.
 * @param before by `<topic>/<partition>`; null where it had no position
 */
export const placesBefore = (
  partitions: SinkPartition[],
  before: Readonly<Record<string, string | null>>,
): SinkPlace[] =>
  partitions.flatMap((one) => {
    const { topic, partition, low, high, stands } = one;
    const was = before[partitionKey(topic, partition)];
    if (was === undefined || (was !== null && BigInt(was) > BigInt(high)))
      return [];
    const offset = was === null || BigInt(was) < BigInt(low) ? low : was;
    return offset === stands ? [] : [{ topic, partition, offset }];
  });

/**
 * Why a sink would not go on where it is set; undefined where it would. Confluent's HDFS sink begins behind the furthest of its files, whatever
 * its group has committed: what files have is not read again, and where Kafka does not have the offset behind them, the consumer's own rule
 * decides, which is to begin at the earliest unless the connector says otherwise.
 */
export function whyNotThere(
  connector: string,
  places: SinkPlace[],
  partitions: SinkPartition[],
  offsetReset: string | undefined,
): string | undefined {
  const faults = places.flatMap(({ topic, partition, offset }) => {
    const known = partitions.find(
      (one) => one.topic === topic && one.partition === partition,
    );
    const key = partitionKey(topic, partition);
    if (!known) return [`${key} is not in Kafka`];
    if (isOutside(offset, known))
      return [`${key} has no offset ${offset}: Connect would read all of it`];
    const { inFiles } = known;
    if (inFiles === undefined) return [];
    if (BigInt(inFiles) > BigInt(offset))
      return [
        `${key} has files up to ${inFiles}, behind which it goes on whatever its offsets say, and not at ${offset}`,
      ];
    const goesByRule = isOutside(inFiles, known);
    return goesByRule && (offsetReset ?? "earliest") !== "earliest"
      ? [
          `${key} has files up to ${inFiles}, which Kafka has no more, and consumer.override.auto.offset.reset is not earliest`,
        ]
      : [];
  });
  if (faults.length === 0) return undefined;
  const more = faults.length > 3 ? `; and ${faults.length - 3} more` : "";
  return `connector ${connector} cannot be set there, and nothing of it was changed: ${faults.slice(0, 3).join("; ")}${more}`;
}
