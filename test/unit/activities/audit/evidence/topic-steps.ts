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

const QUIET: History["steps"][number] = {
  ...{ log: "same", produced: 0, markers: 0, deletes: 0, retention: 99 },
  ...{ run: "none", audit: false, isGone: false, hasNoId: false, hoursBack: 0 },
};
/** Losses that audits called healthy once, and that chance finds in a hundred thousand histories. */
export const ONCE_HEALTHY: History[] = [
  {
    // The topic was gone when the first audit looked, and came back with as many messages as had been read of the one before.
    ...{ partitions: 1, isReset: false, hasIds: false, isArchiveRead: false },
    steps: [
      { ...QUIET, markers: 1, retention: 2, run: "usual" },
      { ...QUIET, isGone: true, hoursBack: 3 },
      { ...QUIET, produced: 1, hoursBack: 3 },
      QUIET,
      QUIET,
    ],
  },
  {
    // One message was deleted unread and the other one imported twice, which an offset without a record hid.
    ...{ partitions: 1, isReset: true, hasIds: false, isArchiveRead: false },
    steps: [
      { ...QUIET, produced: 2, retention: 2, audit: true },
      { ...QUIET, markers: 1, deletes: 1, retention: 2, run: "repeated" },
    ],
  },
  {
    // What was imported again was of hour 00, and was taken for some of the newest hour.
    ...{ partitions: 1, isReset: true, hasIds: false, isArchiveRead: false },
    steps: [
      { ...QUIET, produced: 3, audit: true },
      { ...QUIET, produced: 1, deletes: 1, run: "usual" },
      { ...QUIET, produced: 1, run: "overlapping" },
    ],
  },
  {
    // Runs that keep no offsets have left copies.
    ...{ partitions: 1, isReset: true, hasIds: false, isArchiveRead: false },
    steps: [
      { ...QUIET, produced: 2, audit: true },
      { ...QUIET, produced: 1, deletes: 1, run: "without offsets" },
      { ...QUIET, run: "without offsets" },
    ],
  },
  {
    ...{ partitions: 1, isReset: true, hasIds: true, isArchiveRead: false },
    steps: [
      { ...QUIET, produced: 2, audit: true },
      { ...QUIET, markers: 1, deletes: 1, run: "without offsets" },
      { ...QUIET, run: "usual" },
    ],
  },
  {
    // All audits were told instants of three hours ago, and the log was made anew after these.
    ...{ partitions: 1, isReset: false, hasIds: false, isArchiveRead: false },
    steps: [
      ...[QUIET, QUIET, QUIET, QUIET],
      { ...QUIET, produced: 1, hoursBack: 3 },
      { ...QUIET, log: "anew", hoursBack: 3 },
      { ...QUIET, audit: true },
    ],
  },
];
