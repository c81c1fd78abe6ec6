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
