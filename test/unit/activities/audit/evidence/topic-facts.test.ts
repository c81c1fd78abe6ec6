import { emptyMemory } from "../../../../../activities/audit/evidence/evidence-cache";
import {
  type KafkaLog,
  noLog,
} from "../../../../../activities/audit/evidence/kafka-log";
import { topicFacts } from "../../../../../activities/audit/evidence/topic-facts";
import type { Position } from "../../../../../importers/importer";
import { POLICY } from "../../../domain/audit/cases";

/** What Kafka says of a log of two partitions. */
const logOf = (high: string) => ({
  offsets: [
    { partition: 0, low: "0", high: "9" },
    { partition: 1, low: "0", high },
  ],
});

/** What there is to say of that log when Kafka has it no longer. */
const goneLogOf = (high: string) =>
  noLog({
    ...emptyMemory(),
    log: {
      at: 800,
      bounds: { 0: { start: "0", end: "9" }, 1: { start: "0", end: high } },
    },
  });

/** When the topic was last imported, as its facts tell, where the importer never read the second partition of its log. */
const watermarkWith = (
  log: Pick<KafkaLog, "offsets" | "held">,
  second: [number, Position][] = [],
) =>
  topicFacts(
    POLICY,
    {
      configs: new Map(),
      skippedSince: new Map(),
      importer: { lastRun: 900, problems: [] },
      advances: () => [],
    } as never,
    "eventlogging_Edit",
    { read: true, value: log },
    {
      read: true,
      value: new Map([[0, { offset: "9", time: 700 }], ...second]),
    },
    {},
  ).watermark;

test("partitions that were read do not tell until when one was imported that never was", () => {
  expect(watermarkWith(logOf("5"))).toBeUndefined();
  expect(watermarkWith(logOf("0"))).toBe(700);
});

test("nor do they once the topic is deleted, and Kafka tells of no partition any more", () => {
  expect(watermarkWith(goneLogOf("5"))).toBeUndefined();
  expect(watermarkWith(goneLogOf("0"))).toBe(700);
});

test("nor of a topic that was gone before anybody saw it, where the importer stood in a partition that it never read", () => {
  const gone = noLog(emptyMemory());
  expect(watermarkWith(gone, [[1, { offset: "0" }]])).toBeUndefined();
  expect(watermarkWith(gone)).toBe(700);
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

test("the newest run is that of the topic's own job where several are known", () => {
  const newest = (lastRuns: Map<string, number> | undefined) =>
    topicFacts(
      POLICY,
      {
        configs: new Map(),
        skippedSince: new Map(),
        importer: { lastRun: 900, problems: [], lastRuns },
        advances: () => [],
      } as never,
      "t",
      { read: true, value: { offsets: [] } },
      { read: true, value: new Map() },
      {},
    ).lastRun;
  expect(newest(undefined)).toBe(900);
  expect(newest(new Map([["t", 700]]))).toBe(700);
  expect(newest(new Map([["other", 700]]))).toBe(900);
});

test("what an importer says of itself that always runs is the topic's", () => {
  const factsOf = (importer: object) =>
    topicFacts(
      POLICY,
      {
        configs: new Map(),
        skippedSince: new Map(),
        importer: { problems: [], ...importer },
        advances: () => [],
      } as never,
      "t",
      { read: true, value: { offsets: [] } },
      { read: true, value: new Map() },
      {},
    );
  expect(factsOf({ isRunning: true })).toMatchObject({ isRunning: true });
  expect(factsOf({ standstill: "paused" })).toMatchObject({
    standstill: "paused",
  });
  expect(factsOf({})).not.toHaveProperty("isRunning");
});
