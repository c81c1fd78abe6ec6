import { regexLiteral } from "../../lib/regex-literal";

export type ProposedPattern = {
  /** For `naming.topicPattern`; undefined where topics have no beginning in common. */
  pattern: string | undefined;
  covered: string[];
  leftOut: string[];
};

/** Topics of Kafka itself, and of what is built upon it: nobody's events. */
const isInternal = (topic: string) => topic.startsWith("_");

/** What a topic begins with, up to each of its separators. */
const beginnings = (topic: string): string[] =>
  [...topic.matchAll(/[._-]/g)]
    .map(({ index }) => topic.slice(0, index + 1))
    .filter((beginning) => beginning.length < topic.length);

/**
 * Which topics may be those of events: those that have a beginning in common with the most others. It is the longest one of these, and ends with
 * a separator.
 */
export function proposedPattern(topics: readonly string[]): ProposedPattern {
  const counts = new Map<string, number>();
  for (const topic of topics)
    if (!isInternal(topic))
      for (const beginning of beginnings(topic))
        counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
  const [best] = [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a, countA], [b, countB]) => countB - countA || b.length - a.length);
  const isCovered = (topic: string) =>
    best !== undefined && beginnings(topic).includes(best[0]);
  return {
    pattern: best && `${regexLiteral(best[0])}(.+)`,
    covered: topics.filter(isCovered).sort(),
    leftOut: topics.filter((topic) => !isCovered(topic)).sort(),
  };
}
