import {
  type HourEvidence,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import { hourStart, HOUR_MS } from "../../../../lib/hour";
import { HOUR, LATER, nothing, POLICY, refined, topic } from "./cases";

const NOT_ASKED = unknowable("not asked");

/** An hour of 13 records that are all refined, of which the archive was not asked. */
const imported = (over: Partial<HourEvidence>): HourEvidence => ({
  ...refined({ rows: measured(13) }),
  archived: NOT_ASKED,
  ...over,
});

const judged = (hour: HourEvidence, about: Partial<TopicEvidence> = {}) =>
  judge(hour, topic(about), POLICY, LATER);
const verdictOf = (...about: Parameters<typeof judged>) =>
  judged(...about).verdict;

/** Runs jumped over offsets that may have been of the hour. */
const JUMPED = { jumped: 3, jumpedSince: hourStart(HOUR) };
const REPLACED = { cause: "topic-recreated", why: "made anew" } as const;

test("an hour of which the archive has events is not empty, whatever was imported into other hours", () => {
  const passed = { passed: true };
  expect(verdictOf({ ...nothing(measured(5), measured(5)), ...passed })).toBe(
    "import-missing",
  );
  for (const archived of [measured(0), NOT_ASKED])
    expect(verdictOf({ ...nothing(measured(5), archived), ...passed })).toBe(
      "empty",
    );
});

test("an hour with unread offsets is not empty, though nothing tells how much was produced", () => {
  const unknown = unknowable("Kafka has deleted it");
  const hour = { ...nothing(unknown, NOT_ASKED), unreadOffsets: 2 };
  expect(judged(hour)).toMatchObject({
    verdict: "import-missing",
    why: "2 offsets of the hour are not imported",
  });
  expect(verdictOf(nothing(unknown, NOT_ASKED))).toBe("empty");
  // Offsets may hold no record: the archive knows.
  expect(verdictOf({ ...hour, archived: measured(0) })).toBe("empty");
});

test("what is left of an hour does not tell of what was deleted of it unread", () => {
  const left: HourEvidence = {
    ...nothing({ known: true, count: 1, atLeast: true }, NOT_ASKED),
    passed: true,
  };
  expect(verdictOf(left, JUMPED)).toBe("lost-from-kafka");
  // That Kafka had so many once does not tell whether they were read before it deleted them.
  const remembered = { ...left, produced: measured(1) };
  expect(verdictOf(remembered, JUMPED)).toBe("lost-from-kafka");
  expect(verdictOf({ ...remembered, kept: true }, JUMPED)).toBe("empty");
  expect(verdictOf(left)).toBe("empty");
});

test("an hour of which messages are unread is not complete, as a partition may be stuck while others are not", () => {
  const behind = imported({ produced: measured(20), unreadOffsets: 7 });
  expect(judged(behind)).toMatchObject({
    verdict: "import-partial",
    level: "warning",
    why: expect.stringContaining("7 offsets of the hour are unread") as string,
  });
  expect(verdictOf(imported({ produced: measured(20) }))).toBe("complete");
});

test("unread offsets of an hour are no finding where all its messages or all its events are imported", () => {
  const unread = { unreadOffsets: 7 };
  expect(verdictOf(imported({ produced: measured(13), ...unread }))).toBe(
    "complete",
  );
  const known = { archived: measured(13), produced: measured(20) };
  expect(verdictOf(imported({ ...known, ...unread }))).toBe("complete");
});

test("Kafka tells that nothing of an hour was deleted where it has all of it, or had as many messages as were imported", () => {
  const of = (over: Partial<HourEvidence>) => verdictOf(imported(over), JUMPED);
  expect(of({ produced: measured(13) })).toBe("complete");
  expect(of({ produced: measured(20), kept: true })).toBe("complete");
  expect(of({ produced: measured(20) })).toBe("import-partial");
  expect(of({ produced: { known: true, count: 13, atLeast: true } })).toBe(
    "import-partial",
  );
});

test("one record that may have been imported twice may stand for another one that was deleted, or is unread", () => {
  const judgedOf = (
    over: Partial<HourEvidence>,
    about?: Partial<TopicEvidence>,
  ) =>
    judged(
      imported({
        produced: measured(13),
        raw: { ...imported({}).raw!, perhapsTwice: 1 },
        ...over,
      }),
      about,
    );
  const of = (...about: Parameters<typeof judgedOf>) =>
    judgedOf(...about).verdict;
  expect(of({}, JUMPED)).toBe("import-partial");
  expect(judgedOf({ unreadOffsets: 7 })).toMatchObject({
    verdict: "import-partial",
    why: "13 records imported, of which 1 may be there twice, of 13 messages in Kafka, and 7 offsets of the hour are unread",
  });
  expect(of({})).toBe("complete");
  // Kafka would have the other one still.
  expect(of({ kept: true }, JUMPED)).toBe("complete");
});

test("a log that replaced another one does not tell how much of an hour was in that one", () => {
  const hour = imported({ produced: measured(13), kept: true });
  const from = hourStart(HOUR);
  const replacedLog = { ...REPLACED, from, until: LATER };
  expect(verdictOf(hour, { replacedLog })).toBe("import-partial");
  const later = { ...replacedLog, from: from + HOUR_MS };
  expect(verdictOf(hour, { replacedLog: later })).toBe("complete");
});

test("that a new log has none of an hour proves nothing of what came before that log", () => {
  const none = nothing(measured(0), NOT_ASKED);
  const from = hourStart(HOUR) + HOUR_MS;
  const replaced = (until: number) => ({
    ...JUMPED,
    replacedLog: { ...REPLACED, from, until },
  });
  expect(verdictOf(none, replaced(LATER))).toBe("lost-from-kafka");
  expect(verdictOf(none, replaced(hourStart(HOUR) - 1))).toBe("empty");
});

test("a young hour that was jumped over, or whose log was replaced, is not pending: what was lost does not come", () => {
  const young = hourStart(HOUR) + 2 * HOUR_MS;
  const youngVerdict = (hour: HourEvidence, about: Partial<TopicEvidence>) =>
    judge(hour, topic(about), POLICY, young).verdict;
  const untold = nothing(unknowable("deleted"), NOT_ASKED);
  const replaced = { replacedLog: REPLACED, watermark: hourStart(HOUR) };
  expect(youngVerdict(untold, JUMPED)).toBe("lost-from-kafka");
  expect(youngVerdict(untold, replaced)).toBe("lost-from-kafka");
  // What a new log has of the hour does not tell what the log before had.
  const inKafka = { ...nothing(measured(5), NOT_ASKED), kept: true };
  expect(youngVerdict(inKafka, replaced)).toBe("import-missing");
  // Nothing of it was jumped over: it is still to be imported.
  expect(youngVerdict(inKafka, JUMPED)).toBe("pending");
  // Its raw hour has all that Kafka had, and Refine has yet to take it.
  const unrefined = { ...imported({ kept: true, produced: measured(13) }) };
  delete unrefined.refined;
  expect(youngVerdict(unrefined, JUMPED)).toBe("pending");
});

describe("offsets that Kafka holds and the importer has jumped over", () => {
  const about = {
    jumped: 5,
    partitions: [
      {
        ...{ partition: 0, stored: "100", logStart: "10", logEnd: "100" },
        jumpedOver: [{ from: "90", to: "95" }],
      },
    ],
  };
  const jumpedOver = { unreadOffsets: 5, jumpedOver: 5, kept: true };

  test("are missing, of an hour of which nothing was imported", () => {
    expect(
      judged({ ...nothing(measured(5), NOT_ASKED), ...jumpedOver }, about),
    ).toMatchObject({
      verdict: "import-missing",
      cause: "offset-out-of-range",
      level: "error",
      why: expect.stringContaining(
        "a run began behind 5 offsets of the hour that Kafka still holds",
      ) as string,
    });
  });

  test("are missing, however many records of other times lie in the hour", () => {
    const hour = imported({ produced: measured(10), ...jumpedOver });
    expect(verdictOf(hour, about)).toBe("import-partial");
    expect(verdictOf({ ...hour, archived: measured(13) }, about)).toBe(
      "complete",
    );
  });

  test("do not come by themselves: a young hour is not merely pending", () => {
    const hour = { ...nothing(measured(5), NOT_ASKED), ...jumpedOver };
    const young = hourStart(HOUR) + 1.5 * HOUR_MS;
    expect(judge(hour, topic(about), POLICY, young).verdict).toBe(
      "import-missing",
    );
  });
});
