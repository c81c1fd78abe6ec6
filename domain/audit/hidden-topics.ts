/** What is said of topics that brokers hide for want of rights, the first of them by name. */
export const hiddenText = (topics: readonly string[]): string =>
  `brokers hide ${topics[0]}${topics.length > 1 ? ` and ${topics.length - 1} more` : ""}: the right to describe topics is lacking, and of these nobody knows whether they are there; \`sisyphus config check\` says what to ask for`;
