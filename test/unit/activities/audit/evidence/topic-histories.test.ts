import fc from "fast-check";
import { isHealthy } from "../../../../../domain/audit/verdicts";
import { healthyHistory, history, ONCE_HEALTHY } from "./topic-steps";
import { auditedTopic } from "./topic-histories";

/** More of them than in each test run: `npm run histories`. */
const HISTORIES = Number(process.env["SISYPHUS_HISTORIES"] ?? 300);

test("made anew, deleted, widened, expired, imported twice or without offsets: no hour that misses an event is healthy", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (told) => {
      const { missing, judgements, cannotBeTold } = await auditedTopic(told);
      if (cannotBeTold) return;
      const wrong = judgements.filter(
        // Of an hour that is unknowable nothing was called healthy.
        ({ hour, verdict }) =>
          missing.has(hour) && isHealthy(verdict) && verdict !== "unknowable",
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: HISTORIES, examples: ONCE_HEALTHY.map((told) => [told]) },
  );
}, 1_800_000);

test("a topic of which each hour is imported before Kafka deletes it has no finding", async () => {
  await fc.assert(
    fc.asyncProperty(healthyHistory, async (told) => {
      const { missing, judgements } = await auditedTopic(told);
      expect(missing.size).toBe(0);
      expect(judgements.filter(({ level }) => level !== undefined)).toEqual([]);
    }),
    { numRuns: HISTORIES },
  );
}, 1_800_000);
