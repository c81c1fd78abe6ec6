import fc from "fast-check";
import {
  type Count,
  type HourEvidence,
  lostOffsets,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../../domain/audit/evidence";
import { hourStart } from "../../../../lib/hour";
import { policy } from "../../../../domain/settings/policy";
import { judge } from "../../../../domain/audit/judge";
import { CAUSES, isHealthy, VERDICTS } from "../../../../domain/audit/verdicts";

const HOUR = "2018-06-26T19";
const RAW_MTIME = 1_530_000_000_000;
const P = policy.parse({});
const LATER = hourStart("2018-07-05T05");

const topic = (over: Partial<TopicEvidence> = {}): TopicEvidence => ({
  partitions: [{ partition: 0, stored: "100", logStart: "10", logEnd: "100" }],
  watermark: hourStart("2018-06-25T05"),
  retentionMs: 168 * 3_600_000,
  drift: [],
  lastRun: LATER - 1_800_000,
  ...over,
});
const gone = {
  partitions: [{ partition: 0, stored: "100", logStart: "174", logEnd: "200" }],
  skippedSince: hourStart("2018-06-26T22"),
};
const behind = {
  partitions: [{ partition: 0, stored: "80", logStart: "10", logEnd: "100" }],
};
const drift = [
  {
    name: "message.timestamp.type",
    expected: "LogAppendTime",
    actual: "CreateTime",
  },
];

const whole = (over: Partial<HourEvidence> = {}): HourEvidence => ({
  hour: HOUR,
  produced: unknowable("deleted"),
  archived: measured(12),
  raw: { count: 13, files: 1, mtime: RAW_MTIME, problems: [] },
  refined: {
    doneFlag: RAW_MTIME,
    outdatedFlag: false,
    rows: measured(12),
    geocoded: true,
  },
  queryable: true,
  ...over,
});
const refined = (
  over: Partial<NonNullable<HourEvidence["refined"]>>,
): HourEvidence => whole({ refined: { ...whole().refined!, ...over } });
const nothing = (produced: Count, archived: Count): HourEvidence => ({
  hour: HOUR,
  produced,
  archived,
  queryable: false,
});

test.each<[string, HourEvidence, TopicEvidence, string, string | undefined]>([
  ["all stages agree", whole(), topic(), "complete", undefined],
  [
    "nothing was produced",
    nothing(measured(0), measured(0)),
    topic(),
    "empty",
    undefined,
  ],
  [
    "nobody knows of events and every offset was imported",
    nothing(unknowable("x"), unknowable("x")),
    topic(),
    "empty",
    undefined,
  ],
  [
    "nobody knows of events, but offsets were deleted unread",
    nothing(unknowable("x"), unknowable("x")),
    topic(gone),
    "lost-from-kafka",
    "premature-deletion",
  ],
  [
    "Kafka has it, the importer skips the topic",
    nothing(measured(9), measured(9)),
    topic({ ...gone, drift }),
    "import-missing",
    "premature-deletion",
  ],
  [
    "only the archive has it",
    nothing(unknowable("deleted"), measured(9)),
    topic({ ...gone, drift }),
    "lost-from-kafka",
    "premature-deletion",
  ],
  [
    "messages of this time that the importer put into other hours",
    { ...nothing(measured(9), unknowable("x")), passed: true },
    topic(),
    "empty",
    undefined,
  ],
  [
    "the archive has more than what passed",
    { ...nothing(measured(9), measured(12)), passed: true },
    topic(),
    "import-missing",
    "unknown",
  ],
  [
    "a late event that Refine has yet to take",
    whole({
      raw: {
        count: 13,
        files: 2,
        mtime: RAW_MTIME + 1,
        problems: [],
        importedAt: LATER - 3_600_000,
      },
    }),
    topic(),
    "late",
    "producer-late",
  ],
  [
    "records that runs took and no file has",
    whole({
      raw: {
        count: 7,
        files: 1,
        mtime: RAW_MTIME,
        problems: ["5 records are in no raw file"],
        missing: 5,
      },
    }),
    topic(),
    "import-partial",
    "unknown",
  ],
  [
    "records that could not be decoded",
    whole({
      raw: {
        count: 12,
        files: 1,
        mtime: RAW_MTIME,
        problems: ["1 records could not be decoded"],
        errors: 1,
      },
    }),
    topic(),
    "import-partial",
    "importer-errors",
  ],
  [
    "a partition that points nowhere",
    { ...whole(), refined: undefined, lostLocation: "/gone" } as HourEvidence,
    topic(),
    "partition-missing",
    "unknown",
  ],
  [
    "a service was down",
    whole({ unread: { queryable: "Hive metastore at x: refused" } }),
    topic(),
    "unknowable",
    undefined,
  ],
  [
    "the topic fell silent",
    { ...nothing(measured(0), unknowable("x")), silent: "nothing since" },
    topic(),
    "empty",
    "producer-silent",
  ],
  [
    "the importer has not run for hours",
    nothing(measured(9), measured(9)),
    topic({ lastRun: LATER - 9 * 3_600_000 }),
    "import-missing",
    "importer-not-running",
  ],
  [
    "the importer runs but lags",
    nothing(measured(9), measured(9)),
    topic(behind),
    "import-missing",
    "importer-slow",
  ],
  [
    "deleted after its retention",
    nothing(unknowable("x"), measured(9)),
    topic({ ...gone, watermark: hourStart("2018-06-01T00") }),
    "lost-from-kafka",
    "retention-too-short",
  ],
  [
    "out of range for unknown reasons",
    nothing(unknowable("x"), measured(9)),
    topic({ partitions: gone.partitions }),
    "lost-from-kafka",
    "offset-out-of-range",
  ],
  [
    "fewer records than archived events",
    whole({ raw: { count: 7, files: 1, mtime: RAW_MTIME, problems: [] } }),
    topic(behind),
    "import-partial",
    "importer-slow",
  ],
  [
    "a file that Camus did not write",
    whole({
      raw: {
        count: 12,
        files: 1,
        mtime: RAW_MTIME,
        problems: ["x is not a name"],
      },
    }),
    topic(),
    "import-partial",
    "unknown",
  ],
  [
    "no flag",
    refined({ doneFlag: undefined }),
    topic(),
    "refine-missing",
    "refine-not-running",
  ],
  [
    "a failure flag",
    refined({ doneFlag: undefined, failureFlag: RAW_MTIME }),
    topic(),
    "refine-failed",
    "refine-error",
  ],
  [
    "the flag is of an older state",
    refined({ doneFlag: RAW_MTIME - 1 }),
    topic(),
    "refine-stale",
    "refine-not-running",
  ],
  [
    "the flag cannot be read",
    refined({ doneFlag: "the flag is empty" }),
    topic(),
    "refine-stale",
    "refine-not-running",
  ],
  [
    "rows without geocoding",
    refined({ geocoded: false }),
    topic(),
    "refine-outdated",
    "outdated-job",
  ],
  [
    "fewer rows than events",
    refined({ rows: measured(11) }),
    topic(),
    "rows-lost",
    "unknown",
  ],
  [
    "more rows than records",
    refined({ rows: measured(14) }),
    topic(),
    "rows-duplicated",
    "unknown",
  ],
  [
    "Hive does not have the partition",
    whole({ queryable: false }),
    topic(),
    "partition-missing",
    "unknown",
  ],
])("%s", (_, evidence, about, verdict, cause) => {
  const j = judge(evidence, about, P, LATER);
  expect([j.verdict, j.cause]).toEqual([verdict, cause]);
});

test("the numbers of a verdict reconcile: what is missing is what is known less what is there", () => {
  fc.assert(
    fc.property(evidence, about, (e, t) => {
      const { verdict, numbers: n } = judge(e, t, P, LATER);
      if (n.missing === undefined) return;
      expect(verdict).toMatch(/^import-|^lost-/);
      expect(n.missing).toBe(
        Math.max(n.produced ?? 0, n.archived ?? 0) - (n.raw ?? 0),
      );
    }),
  );
});

test("premature deletion names the config drift as its evidence", () => {
  const j = judge(
    nothing(unknowable("deleted"), measured(9)),
    topic({ ...gone, drift }),
    P,
    LATER,
  );
  expect(j.why).toContain(
    "message.timestamp.type is CreateTime, expected LogAppendTime",
  );
  expect(j.why).toContain(
    "41 h after the last import, though retention is 168 h",
  );
});

test("a young hour is pending, not broken", () => {
  const young = hourStart(HOUR) + 2 * 3_600_000;
  expect(
    judge(nothing(measured(9), measured(9)), topic(), P, young).verdict,
  ).toBe("pending");
});

test("the offset ledger is exact beyond 2^53", () => {
  const about = topic({
    partitions: [
      {
        partition: 0,
        stored: "9007199254740993",
        logStart: "9007199254741000",
        logEnd: "9007199254741000",
      },
    ],
  });
  expect(lostOffsets(about)).toBe(7);
});

const count = fc.oneof(fc.nat(50).map(measured), fc.constant(unknowable("x")));
const flag = fc.oneof(
  fc.constant(undefined),
  fc.constant(RAW_MTIME),
  fc.constant(1),
  fc.constant("unreadable"),
);
const evidence: fc.Arbitrary<HourEvidence> = fc
  .record({
    produced: count,
    archived: count,
    raw: fc.option(
      fc.record({
        count: fc.nat(50),
        files: fc.nat(3),
        mtime: fc.constant(RAW_MTIME),
        problems: fc.constant<string[]>([]),
      }),
      { nil: undefined },
    ),
    refined: fc.option(
      fc.record({
        doneFlag: flag,
        failureFlag: flag,
        outdatedFlag: fc.boolean(),
        rows: count,
        geocoded: fc.option(fc.boolean(), { nil: undefined }),
      }),
      { nil: undefined },
    ),
    queryable: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map((e) => ({ hour: HOUR, ...e }) as HourEvidence);
const about = fc
  .record({
    stored: fc.option(fc.nat(20), { nil: undefined }),
    logStart: fc.nat(20),
    skipped: fc.boolean(),
  })
  .map(({ stored, logStart, skipped }) =>
    topic({
      partitions: [
        {
          partition: 0,
          ...(stored === undefined ? {} : { stored: String(stored) }),
          logStart: String(logStart),
          logEnd: "30",
        },
      ],
      ...(skipped ? { skippedSince: LATER } : {}),
    }),
  );

test("judge is total: every evidence gets a verdict, and what is broken a cause", () => {
  fc.assert(
    fc.property(
      evidence,
      about,
      fc.integer({ min: hourStart(HOUR), max: LATER }),
      (e, t, asOf) => {
        const j = judge(e, t, P, asOf);
        expect(VERDICTS).toContain(j.verdict);
        if (isHealthy(j.verdict)) expect(j.cause).toBeUndefined();
        else expect(CAUSES).toContain(j.cause);
      },
    ),
  );
});

test("more evidence of health never worsens a verdict", () => {
  fc.assert(
    fc.property(evidence, about, (e, t) => {
      fc.pre(isHealthy(judge(e, t, P, LATER).verdict));
      expect(
        isHealthy(judge({ ...e, queryable: true }, t, P, LATER).verdict),
      ).toBe(true);
    }),
  );
});

test("what is unknowable is never taken for zero", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (n) => {
      const j = judge(nothing(unknowable("x"), measured(n)), topic(), P, LATER);
      expect(j.verdict).toBe("lost-from-kafka");
      expect(j.numbers.produced).toBeUndefined();
    }),
  );
});
