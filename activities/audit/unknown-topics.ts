import { hiddenText } from "../../domain/audit/hidden-topics";
import type { UnknownTopics } from "../../domain/audit/preflight";
import { type Dataset, datasetOf } from "../../domain/settings/dataset";
import { nearNames } from "../../domain/settings/near-names";
import type { Kafka } from "../../clients/kafka/kafka";
import { type GoneClients, topicsLeft } from "./gone-topics";

/**
 * Names that are no topics of Kafka, of the importer's positions, of directories of raw hours or of tables. What is left of a topic that is gone
 * does not tell how it was written: any name that leads there is known.
 */
export async function unknownTopics(
  clients: GoneClients & { kafka: Pick<Kafka, "topics" | "denied"> },
  topics: string[],
): Promise<UnknownTopics> {
  const inKafka = await clients.kafka.topics();
  const gone = await topicsLeft(clients, inKafka);
  const datasets = (names: string[]): Map<string, Dataset> =>
    new Map(
      names.flatMap((topic) => {
        const dataset = datasetOf(topic, clients.config.naming);
        return dataset ? [[topic, dataset] as const] : [];
      }),
    );
  const known = datasets([...inKafka, ...gone.topics, ...gone.stored]);
  const left = [...datasets(gone.topics).values()];
  const given = datasets(topics);
  const leadsToWhatIsLeft = (topic: string) =>
    left.some(
      ({ rawDir, table }) =>
        rawDir === given.get(topic)?.rawDir ||
        table === given.get(topic)?.table,
    );
  const nowhere = topics.filter(
    (topic) => !known.has(topic) && !leadsToWhatIsLeft(topic),
  );
  const hidden = await clients.kafka.denied(nowhere);
  return {
    unknown: nowhere
      .filter((topic) => !hidden.has(topic))
      .map((topic) => ({ topic, near: nearNames(topic, known.keys()) })),
    problems: [
      ...gone.problems,
      ...(hidden.size > 0 ? [hiddenText([...hidden])] : []),
    ],
  };
}
