import { topicFacts } from "../../../../../activities/audit/evidence/topic-facts";
import { POLICY } from "../../../domain/audit/cases";

/** When the topic was last imported, as its facts tell, where the second partition's log has `high` offsets and the importer never read it. */
const watermarkWith = (high: string) =>
  topicFacts(
    POLICY,
    {
      configs: new Map(),
      skippedSince: new Map(),
      importer: { lastRun: 900, problems: [] },
      advances: () => [],
    } as never,
    "eventlogging_Edit",
    {
      read: true,
      value: {
        offsets: [
          { partition: 0, low: "0", high: "9" },
          { partition: 1, low: "0", high },
        ],
      },
    },
    { read: true, value: new Map([[0, { offset: "9", time: 700 }]]) },
    {},
  ).watermark;

test("partitions that were read do not tell until when one was imported that never was", () => {
  expect(watermarkWith("5")).toBeUndefined();
  expect(watermarkWith("0")).toBe(700);
});

test("a topic that is gone has the partitions that it was seen with: one that was never imported still tells nothing", () => {
  const gone = (seen?: { bounds: Record<string, never> | object }) =>
    topicFacts(
      POLICY,
      {
        configs: new Map(),
        skippedSince: new Map(),
        importer: { lastRun: 900, problems: [] },
        advances: () => [],
      } as never,
      "eventlogging_Edit",
      { read: true, value: { offsets: [] } },
      { read: true, value: new Map([[0, { offset: "9", time: 700 }]]) },
      {},
      seen as never,
    ).watermark;
  const first = { start: "0", end: "9" };
  expect(gone({ bounds: { 0: first } })).toBe(700);
  expect(gone({ bounds: { 0: first, 1: { start: "0", end: "5" } } })).toBe(
    undefined,
  );
});

test("where the log replaced another one, a run's end in that one does not hide what is jumped over", () => {
  const run = (time: number, from: string, to: string) => ({
    ...{ run: `run ${time}`, time, partition: 0, from, to, errors: 0 },
  });
  const jumpedOver = (isReplaced?: true) =>
    topicFacts(
      POLICY,
      {
        configs: new Map(),
        skippedSince: new Map(),
        importer: { lastRun: 900, problems: [] },
        advances: () => [run(1, "0", "9"), run(2, "0", "4"), run(3, "9", "9")],
      } as never,
      "eventlogging_Edit",
      {
        read: true,
        value: { offsets: [], ...(isReplaced ? { isReplaced } : {}) },
      },
      { read: true, value: new Map() },
      {},
    ).jumped;
  expect(jumpedOver()).toBeUndefined();
  expect(jumpedOver(true)).toBe(5);
});
