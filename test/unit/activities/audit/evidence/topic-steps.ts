import fc from "fast-check";

const FEW = [false, false, false, false, true];
const NEVER = {
  isGone: fc.constant(false),
  hasNoId: fc.constant(false),
  hoursBack: fc.constant(0),
};

/** What happens in an hour of a topic, in this order. */
const step = fc.record({
  log: fc.constantFrom("same", "same", "same", "same", "anew", "wider"),
  produced: fc.nat({ max: 6 }),
  /** Offsets that hold no record, as the end of a transaction does. */
  markers: fc.nat({ max: 1 }),
  /** How many of what is unread Kafka deletes in each partition, as retention by size does. */
  deletes: fc.constantFrom(0, 0, 0, 1, 3),
  /** After how many hours Kafka deletes messages, whether they were read or not. */
  retention: fc.constantFrom(2, 5, 99, 99),
  run: fc.constantFrom(
    "none",
    "usual",
    "usual",
    "usual",
    "repeated",
    "overlapping",
    "without offsets",
  ),
  audit: fc.boolean(),
  /** Whether Kafka does not have the topic in this hour. */
  isGone: fc.constantFrom(...FEW),
  /** Whether the topic's id cannot be asked. */
  hasNoId: fc.constantFrom(...FEW),
  /** Whether another audit follows, as of some hours before. */
  hoursBack: fc.constantFrom(0, 0, 0, 0, 1, 3),
});

export const history = fc.record({
  partitions: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(step, { minLength: 2, maxLength: 9 }),
  /** Whether the importer goes on at the log start once its offset is out of range, or is stuck. */
  isReset: fc.boolean(),
  hasIds: fc.boolean(),
  isArchiveRead: fc.boolean(),
});
/** Nothing goes wrong: each hour is imported before Kafka deletes it. */
export const healthyHistory = fc.record({
  partitions: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(
    fc.record({
      log: fc.constantFrom("same", "same", "wider"),
      produced: fc.nat({ max: 6 }),
      markers: fc.nat({ max: 1 }),
      deletes: fc.constant(0),
      retention: fc.constantFrom(2, 5, 99),
      run: fc.constant("usual"),
      ...NEVER,
      audit: fc.boolean(),
    }),
    { minLength: 2, maxLength: 9 },
  ),
  isReset: fc.boolean(),
  hasIds: fc.boolean(),
  isArchiveRead: fc.boolean(),
}) satisfies fc.Arbitrary<History>;
export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;
