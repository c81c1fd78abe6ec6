import { type Connect, deletedText } from "../../clients/connect/connect";
import type { Kafka } from "../../clients/kafka/kafka";
import { olderOf } from "../../domain/audit/stands-in-files";
import { standstillOf } from "../../domain/audit/connector-state";
import { connectGroup } from "../../formats/connect/answers";
import { partitionKey } from "../../lib/keys";
import type { ImporterState } from "../importer";

export type ConnectReads = Pick<
  Connect,
  "connector" | "sinkSettings" | "status" | "offsets"
>;

/**
 * What Connect says of the connector, and Kafka of its consumer group. They tell the same, unless somebody changes one of them: then the older
 * position counts, as a later one would pass over what was not imported. A connector that was deleted leaves its group behind, where a new one of
 * its name goes on.
 */
export async function connectorState(
  connect: ConnectReads,
  kafka: Pick<Kafka, "groupOffsets">,
): Promise<ImporterState> {
  const settings = await connect.sinkSettings();
  const group = settings?.group ?? connectGroup(connect.connector);
  const [status, offsets, ofGroup] = await Promise.all([
    connect.status(),
    connect.offsets(),
    kafka.groupOffsets(group),
  ]);
  const stated = new Map(
    (offsets ?? []).map(({ topic, partition, offset }) => [
      partitionKey(topic, partition),
      offset,
    ]),
  );
  const standstill = status
    ? standstillOf(connect.connector, status)
    : deletedText(connect.connector);
  const keys = new Set([...stated.keys(), ...ofGroup.keys()]);
  return {
    ...(standstill === undefined ? { isRunning: true } : { standstill }),
    positions: new Map(
      [...keys].map((key) => [
        key,
        { offset: olderOf(stated.get(key), ofGroup.get(key))! },
      ]),
    ),
    problems: [],
  };
}
