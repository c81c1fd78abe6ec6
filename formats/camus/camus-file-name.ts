import { type Hour, hourOf, hourStart } from "../../lib/hour";

/** What Camus says of a data file in its name. Offsets are decimal strings, as they exceed 2^53. */
export type CamusFileName = {
  /** As in the name: dots of the topic's own are underscores in Camus' names, but other writers keep them. */
  topic: string;
  leaderId: string;
  partition: number;
  /** Records in the file. */
  count: number;
  /** The offset after the file's last record. */
  offset: string;
  hour: Hour;
  extension: string;
};

const NAME =
  /^(?<topic>.+)\.(?<leader>[\d_]+)\.(?<partition>\d+)\.(?<count>\d+)\.(?<offset>\d+)\.(?<hour>\d+)(?<extension>\.(?:gz|snappy|deflate))?$/;

/**
 * Parses `<topic>.<leader>.<partition>.<count>.<offset>.<hour, epoch ms><extension>` from the right
 * (Camus' EtlMultiOutputCommitter); undefined where a name is not one, such as `_IMPORTED`.
 */
export function parseCamusFileName(name: string): CamusFileName | undefined {
  const m = NAME.exec(name)?.groups;
  if (!m) return undefined;
  const ms = Number(m["hour"]);
  if (!Number.isSafeInteger(ms) || ms > 8.64e15 || ms !== hourStart(hourOf(ms)))
    return undefined;
  return {
    topic: m["topic"]!,
    leaderId: m["leader"]!,
    partition: Number(m["partition"]),
    count: Number(m["count"]),
    offset: BigInt(m["offset"]!).toString(),
    hour: hourOf(ms),
    extension: m["extension"] ?? "",
  };
}
