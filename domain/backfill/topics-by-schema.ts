import { datasetOf, type NamingRules } from "../settings/dataset";

type Topic = { topic: string; schema: string };

/**
 * The topic that an archive's events of a schema or stream go to. An event does not say which of several topics it was sent to, such as one of
 * each data centre: it goes to the last of them by name.
 */
export const topicsBySchema = <T extends Topic>(topics: T[]): Map<string, T> =>
  new Map(
    [...topics]
      .sort((a, b) => (a.topic < b.topic ? -1 : 1))
      .map((topic) => [topic.schema, topic]),
  );

/**
 * Under which searched topic that which a topic holds is noted. What one topic of a stream holds is not missing from the others: an event that
 * Kafka has in one data centre's topic would else be produced once more, into another's.
 * @param existing topics that Kafka has, which may be of the same streams though they are not searched
 */
export function heldAs(
  searched: Topic[],
  existing: Iterable<string> = [],
  naming?: NamingRules,
): Map<string, string> {
  const target = topicsBySchema(searched);
  const held = new Map(
    searched.map(({ topic, schema }) => [topic, target.get(schema)!.topic]),
  );
  if (naming)
    for (const topic of existing) {
      const schema = datasetOf(topic, naming)?.schema;
      const to = schema === undefined ? undefined : target.get(schema);
      if (to && !held.has(topic)) held.set(topic, to.topic);
    }
  return held;
}
