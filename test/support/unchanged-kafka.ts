/** Kafka, into which nothing has come since what is held was collected: a join need not read that once more. */
export const NOTHING_SINCE = {
  topicIds: async () => new Map(),
  offsets: async () => [],
  read: async () => undefined,
};
