import fc from "fast-check";
import {
  type HourEvidence,
  lostOffsets,
  measured,
  unknowable,
} from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import { CAUSES, isHealthy, VERDICTS } from "../../../../domain/audit/verdicts";
import { hourStart } from "../../../../lib/hour";
import {
  drift,
  gone,
  HOUR,
  LATER,
  nothing,
  POLICY,
  RAW_MTIME,
  topic,
} from "./cases";

test("the numbers of a verdict reconcile: what is missing is what is known less what is there", () => {
  fc.assert(
    fc.property(evidence, about, (e, t) => {
      const { verdict, numbers: n } = judge(e, t, POLICY, LATER);
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
    POLICY,
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
    judge(nothing(measured(9), measured(9)), topic(), POLICY, young).verdict,
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
        const j = judge(e, t, POLICY, asOf);
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
      fc.pre(isHealthy(judge(e, t, POLICY, LATER).verdict));
      expect(
        isHealthy(judge({ ...e, queryable: true }, t, POLICY, LATER).verdict),
      ).toBe(true);
    }),
  );
});

test("what is unknowable is never taken for zero", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (n) => {
      const j = judge(
        nothing(unknowable("x"), measured(n)),
        topic(),
        POLICY,
        LATER,
      );
      expect(j.verdict).toBe("lost-from-kafka");
      expect(j.numbers.produced).toBeUndefined();
    }),
  );
});
