import type { Outage } from "./audit-report";

/** As a service of its own: brokers that hide topics may answer well otherwise, and an outage of Kafka is to be told beside it. */
export const HIDDEN_TOPICS = "Kafka (hidden topics)";

/** What is said of topics that brokers hide for want of rights, the first of them by name. */
export const hiddenText = (topics: readonly string[]): string =>
  `brokers hide ${topics[0]}${topics.length > 1 ? ` and ${topics.length - 1} more` : ""}: the right to describe topics is lacking, and of these nobody knows whether they are there; \`sisyphus config check\` says what to ask for`;

/** Brokers that hide topics, as an outage: nobody would hear of a right that is taken away otherwise. */
export function hiddenOutages(
  brokers: readonly string[],
  topics: readonly string[],
): Outage[] {
  if (topics.length === 0) return [];
  const address = brokers.join(",");
  return [
    {
      service: HIDDEN_TOPICS,
      address,
      message: `Kafka at ${address}: ${hiddenText(topics)}`,
    },
  ];
}
