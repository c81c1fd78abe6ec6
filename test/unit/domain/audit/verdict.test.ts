import {
  type HourEvidence,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import { hourStart } from "../../../../lib/hour";
import {
  behind,
  drift,
  gone,
  LATER,
  nothing,
  POLICY,
  RAW_MTIME,
  recreated,
  refined,
  topic,
  whole,
} from "./cases";

/** A topic that keeps messages of any age, up to so many bytes, and has lost some. */
const BOUNDED_BY_SIZE: Partial<TopicEvidence> = {
  ...gone,
  watermark: hourStart("2018-06-26T00"),
  retentionMs: -1,
  retentionBytes: 1_000_000_000,
};

/** A raw hour of 12 rows whose file names allow up to 40 records. */
const bounded = (over: Partial<HourEvidence>): HourEvidence =>
  whole({
    raw: { count: 40, atMost: true, files: 1, mtime: RAW_MTIME, problems: [] },
    ...over,
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
    "nobody knows of events, and the importer jumped over deleted offsets",
    nothing(unknowable("x"), unknowable("x")),
    topic({ jumped: 5 }),
    "lost-from-kafka",
    "offset-out-of-range",
  ],
  [
    "some was imported, offsets were jumped over, and Kafka has only the rest of the hour",
    whole({
      archived: unknowable("x"),
      produced: { known: true, count: 13, atLeast: true },
    }),
    topic({ jumped: 5 }),
    "import-partial",
    "offset-out-of-range",
  ],
  [
    "offsets were jumped over, and Kafka has the whole hour",
    whole({ archived: unknowable("x"), produced: measured(13) }),
    topic({ jumped: 5 }),
    "complete",
    undefined,
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
    "a partition that points to another system, whatever lies at the usual place",
    {
      ...whole(),
      refined: undefined,
      elsewhere: "the metastore's partition lies at s3a://bucket/x",
    } as HourEvidence,
    topic(),
    "unknowable",
    undefined,
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
    "an importer that always runs says that it does not",
    nothing(measured(9), measured(9)),
    topic({ ...behind, standstill: "connector sink is paused" }),
    "import-missing",
    "importer-not-running",
  ],
  [
    "an importer that always runs lags, and has no runs",
    nothing(measured(9), measured(9)),
    topic({ ...behind, lastRun: undefined, isRunning: true }),
    "import-missing",
    "importer-slow",
  ],
  [
    "the importer runs but lags",
    nothing(measured(9), measured(9)),
    topic(behind),
    "import-missing",
    "importer-slow",
  ],
  [
    "deleted by size, whatever the age",
    nothing(unknowable("deleted"), unknowable("not asked")),
    topic(BOUNDED_BY_SIZE),
    "lost-from-kafka",
    "retention-too-short",
  ],
  [
    "deleted though nothing bounds the log",
    nothing(unknowable("deleted"), unknowable("not asked")),
    topic({
      ...gone,
      watermark: hourStart("2018-06-26T00"),
      retentionMs: -1,
    }),
    "lost-from-kafka",
    "premature-deletion",
  ],
  [
    "a stored offset beyond the end of a log that has the hour's messages",
    nothing(measured(800), unknowable("not asked")),
    topic(recreated),
    "import-missing",
    "topic-recreated",
  ],
  [
    "a stored offset beyond the end of a log that has nothing of the hour",
    { ...nothing(measured(0), unknowable("not asked")), passed: true },
    topic(recreated),
    "lost-from-kafka",
    "topic-recreated",
  ],
  [
    "the same, with the importer's own out-of-range line",
    nothing(measured(0), unknowable("not asked")),
    topic({ ...recreated, skippedSince: LATER }),
    "lost-from-kafka",
    "topic-recreated",
  ],
  [
    "the same, of an hour before the last import",
    nothing(measured(0), unknowable("not asked")),
    topic({ ...recreated, watermark: hourStart("2018-06-27T00") }),
    "empty",
    undefined,
  ],
  [
    "a log that was replaced some time ago, within the hours that this explains",
    nothing(measured(0), unknowable("not asked")),
    topic({
      replacedLog: {
        cause: "log-truncated",
        why: "it ended earlier",
        from: hourStart("2018-06-26T00"),
        until: hourStart("2018-06-27T00"),
      },
    }),
    "lost-from-kafka",
    "log-truncated",
  ],
  [
    "the same, after it was found",
    nothing(measured(0), unknowable("not asked")),
    topic({
      replacedLog: {
        cause: "log-truncated",
        why: "it ended earlier",
        until: hourStart("2018-06-26T00"),
      },
    }),
    "empty",
    undefined,
  ],
  [
    "offsets deleted from a partition that the importer never read",
    nothing(unknowable("deleted"), unknowable("not asked")),
    topic({
      partitions: [{ partition: 0, logStart: "5000", logEnd: "5000" }],
      watermark: undefined,
    }),
    "lost-from-kafka",
    "offset-out-of-range",
  ],
  [
    "unread messages behind one that is dated in the future",
    { ...nothing(measured(0), unknowable("not asked")), passed: true },
    topic({ ...behind, doubtfulTimes: "a message is dated next year" }),
    "import-missing",
    "importer-slow",
  ],
  [
    "a message that is dated in the future, where nothing is unread",
    nothing(measured(0), unknowable("not asked")),
    topic({ doubtfulTimes: "a message is dated next year" }),
    "empty",
    undefined,
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
  [
    "a bound that Kafka's count and the rows support",
    bounded({ produced: measured(12), archived: unknowable("x") }),
    topic(),
    "complete",
    undefined,
  ],
  [
    "a bound, where Kafka has more than the rows",
    bounded({ produced: measured(20), archived: unknowable("x") }),
    topic(),
    "import-partial",
    "unknown",
  ],
  [
    "a bound alone, which the rows do not reach",
    bounded({ archived: unknowable("x") }),
    topic(),
    "import-partial",
    "unknown",
  ],
  [
    "a bound that the archive supports",
    bounded({}),
    topic(),
    "complete",
    undefined,
  ],
])("%s", (_, evidence, about, verdict, cause) => {
  const j = judge(evidence, about, POLICY, LATER);
  expect([j.verdict, j.cause]).toEqual([verdict, cause]);
});

test("what only a bound says is a warning that says so; what the archive knows besides is an error", () => {
  const found = judge(
    bounded({ archived: unknowable("x") }),
    topic(),
    POLICY,
    LATER,
  );
  expect(found.level).toBe("warning");
  expect(found.why).toContain("at most 40 records");
  const uncounted = (archived: number) =>
    whole({
      archived: measured(archived),
      raw: {
        count: 13,
        files: 1,
        mtime: RAW_MTIME,
        problems: ["at most 500 records are in no raw file"],
        missing: 500,
        missingAtMost: true,
      },
    });
  expect(judge(uncounted(12), topic(), POLICY, LATER)).toMatchObject({
    verdict: "import-partial",
    level: "warning",
  });
  expect(judge(uncounted(99), topic(), POLICY, LATER).level).toBe("error");
});

test("what was deleted by size is told with the size, and with no retention of 0 hours", () => {
  const { why } = judge(
    nothing(unknowable("deleted"), unknowable("not asked")),
    topic(BOUNDED_BY_SIZE),
    POLICY,
    LATER,
  );
  expect(why).toContain(
    "Kafka keeps 1000000000 bytes of each partition, of any age, and deletes by size",
  );
  expect(why).not.toContain("0 h");
});

/** A raw hour in which 13 of 26 records were imported twice. */
const twice = (rows: number, archived: number) =>
  judge(
    whole({
      archived: measured(archived),
      raw: {
        count: 26,
        files: 2,
        mtime: RAW_MTIME,
        problems: [],
        twice: { records: 13, why: "13 records were imported twice" },
      },
      refined: { ...whole().refined!, rows: measured(rows) },
    }),
    topic(),
    POLICY,
    LATER,
  );

test("what was imported twice and deduplicated is a warning, with rows twice an error, and hides no loss", () => {
  expect(twice(12, 12)).toMatchObject({
    verdict: "complete",
    cause: "imported-twice",
    level: "warning",
  });
  expect(twice(12, 12).why).toContain("13 records were imported twice");
  expect(twice(26, 12)).toMatchObject({
    verdict: "rows-duplicated",
    cause: "imported-twice",
    level: "error",
  });
  expect(twice(12, 20)).toMatchObject({
    verdict: "import-partial",
    numbers: { missing: 7 },
  });
});

test("of a topic that the importer has read, it is not said that it has no position there", () => {
  const whyOf = (over: Partial<TopicEvidence>) =>
    judge(
      nothing(unknowable("deleted"), unknowable("not asked")),
      topic({ watermark: undefined, ...over }),
      POLICY,
      LATER,
    ).why;
  expect(whyOf({ jumped: 7 })).toContain("lies before the log start");
  expect(
    whyOf({
      partitions: [{ partition: 0, logStart: "50", logEnd: "50" }],
    }),
  ).toContain("the importer has no position there");
});
