import fc from "fast-check";
import { isHealthy } from "../../../../domain/audit/verdicts";
import { auditedHistory, history } from "./histories";

/** More of them than in each test run: `npm run histories`. */
const HISTORIES = Number(process.env["SISYPHUS_HISTORIES"] ?? 300);

test("whatever was produced, deleted, imported twice, read wrongly or removed: a topic that misses an event is never healthy", () => {
  fc.assert(
    fc.property(history, (told) => {
      const { missing, judgements } = auditedHistory(told);
      if (missing > 0)
        expect(judgements.filter((j) => !isHealthy(j.verdict))).not.toEqual([]);
    }),
    { numRuns: HISTORIES },
  );
}, 600_000);

test("a history in which nothing is missing has no finding of a loss", () => {
  fc.assert(
    fc.property(history, (told) => {
      const { missing, judgements } = auditedHistory(told);
      if (missing === 0)
        expect(judgements.filter((j) => j.numbers.missing)).toEqual([]);
    }),
    { numRuns: HISTORIES },
  );
}, 600_000);

test("copies that a repeated run left of one hour hide nothing of another", () => {
  const step = (run: "usual" | "none" | "repeated") => ({
    produced: 1,
    deletes: 0,
    run,
    errors: 0,
  });
  const { missing, judgements } = auditedHistory({
    steps: [step("usual"), step("none"), step("none"), step("repeated")],
    isDeleting: false,
    isReset: false,
    // Both files of an hour.
    removed: [3, 6],
    isArchiveRead: false,
    expires: 0,
  });
  expect(missing).toBeGreaterThan(0);
  expect(judgements.filter((j) => !isHealthy(j.verdict))).not.toEqual([]);
});
