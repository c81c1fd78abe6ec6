import { emptyMemory } from "../../../../../activities/audit/evidence/evidence-cache";
import {
  readKafkaLog,
  withLogsPast,
} from "../../../../../activities/audit/evidence/kafka-log";
import { hourStart } from "../../../../../lib/hour";
import { topic } from "../../../domain/audit/cases";
import {
  AS_OF,
  audits,
  FOUR,
  goneAt,
  logOf,
  NEW,
  OLD,
  RANGE,
  TWO,
} from "./audited-logs";

const counts = async (
  log: ReturnType<typeof logOf>,
  memory = emptyMemory(),
  id = "a",
) => {
  const found = await readKafkaLog(log, "t", RANGE, AS_OF, id, memory);
  const hours = Object.fromEntries(
    [...found.ofHour].map(([hour, { count }]) => [
      hour.slice(11),
      count.known ? count.count : "?",
    ]),
  );
  return { found, hours };
};

test("edges of hours are forgotten with the topic that they were of", async () => {
  const memory = emptyMemory();
  await counts(OLD, memory, "a");
  expect(Object.keys(memory.edges)).not.toEqual([]);
  const { found, hours } = await counts(NEW, memory, "b");
  expect(hours).toMatchObject({ "02": 0, "04": 2 });
  expect(found.replaced?.cause).toBe("topic-recreated");
});

test("an id that could not be asked once is not forgotten", async () => {
  const memory = emptyMemory();
  await counts(OLD, memory, "a");
  await readKafkaLog(OLD, "t", RANGE, AS_OF, undefined, memory);
  const { found } = await counts(NEW, memory, "b");
  expect(found.replaced?.cause).toBe("topic-recreated");
});

test("that a log was replaced is remembered with the hours that it explains", async () => {
  const memory = emptyMemory();
  const past = async (log: ReturnType<typeof logOf>, id: string) =>
    withLogsPast(
      topic({ watermark: hourStart("2018-07-05T02") }),
      (await counts(log, memory, id)).found,
      new Map(),
      memory,
      RANGE,
      AS_OF,
    ).replacedLog;
  expect(await past(OLD, "a")).toBeUndefined();
  const replaced = {
    cause: "topic-recreated",
    from: hourStart("2018-07-05T02"),
    until: AS_OF,
  };
  expect(await past(NEW, "b")).toMatchObject(replaced);
  expect(await past(NEW, "b")).toMatchObject(replaced);
});

test("what a replaced log lost began where the audit before saw it imported, however far the new one is", async () => {
  const audit = audits();
  await audit(OLD, "a", TWO);
  expect(await audit(NEW, "b", FOUR)).toMatchObject({ from: hourStart(TWO) });
});

test("a log that is replaced again leaves the hours in doubt that the first one lost", async () => {
  const audit = audits();
  await audit(OLD, "a", TWO);
  await audit(NEW, "b", FOUR);
  const again = await audit(OLD, "c", FOUR, { asOf: AS_OF + 1 });
  expect(again).toMatchObject({ from: hourStart(TWO), until: AS_OF + 1 });
});

test("a log that replaced another one and is deleted leaves the hours in doubt that the first one lost", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, "a", TWO);
  await audit(NEW, "b", FOUR);
  // All that it held had been read: by itself nothing before that is in doubt.
  for (const asOf of [AS_OF + 1, AS_OF + 2])
    expect(goneAt(memory, asOf, "100", FOUR)).toMatchObject({
      cause: "topic-deleted",
      from: hourStart(TWO),
      until: AS_OF + 1,
    });
});

test("of a log that an older version remembers nothing tells how far it was imported", async () => {
  const memory = emptyMemory();
  memory.log = { at: 0, id: "a", bounds: { 0: { start: "0", end: "3" } } };
  const audit = audits(memory);
  expect(await audit(NEW, "b", FOUR)).toMatchObject({ from: 0, until: AS_OF });
});

test("a new log that grew past the importer's old offset goes on to be in doubt until the importer has moved", async () => {
  const audit = audits();
  await audit(OLD, "a", TWO);
  const untilAt = async (asOf: number, stored?: string) =>
    (await audit(NEW, "b", TWO, { ...(stored ? { stored } : {}), asOf }))
      ?.until;
  expect(await untilAt(AS_OF + 1)).toBe(AS_OF + 1);
  expect(await untilAt(AS_OF + 2)).toBe(AS_OF + 2);
  expect(await untilAt(AS_OF + 3, "2")).toBe(AS_OF + 3);
  expect(await untilAt(AS_OF + 4, "2")).toBe(AS_OF + 3);
});

test("from the first offset on nothing of a new log is passed over", async () => {
  const audit = audits();
  await audit(OLD, "a", TWO, { stored: "0" });
  for (const asOf of [AS_OF + 1, AS_OF + 2])
    expect(await audit(NEW, "b", TWO, { stored: "0", asOf })).toMatchObject({
      until: AS_OF + 1,
    });
});

test("that an offset lay beyond the log's end is remembered when the log has grown past it", async () => {
  const audit = audits();
  const stored = { stored: "3" };
  const short = logOf("2018-07-05T04:10:00Z");
  expect(await audit(short, "b", TWO, stored)).not.toHaveProperty("until");
  expect(await audit(NEW, "b", TWO, { ...stored, asOf: AS_OF + 1 })).toEqual(
    expect.objectContaining({ from: hourStart(TWO), until: AS_OF + 1 }),
  );
});

test("a log says that it replaced another one as long as that is remembered", async () => {
  const memory = emptyMemory();
  expect((await counts(OLD, memory, "a")).found).not.toHaveProperty(
    "isReplaced",
  );
  expect((await counts(NEW, memory, "b")).found.isReplaced).toBe(true);
  memory.replaced = { cause: "topic-recreated", why: "made anew" };
  expect((await counts(NEW, memory, "b")).found.isReplaced).toBe(true);
});

test("times behind a message that is dated in the future are doubted, also when that future has passed", async () => {
  const memory = emptyMemory();
  const doubts = async (log: ReturnType<typeof logOf>, asOf: number) =>
    withLogsPast(
      topic({ lastRun: AS_OF - 1 }),
      await readKafkaLog(log, "t", RANGE, asOf, "a", memory),
      new Map(),
      memory,
      RANGE,
      asOf,
    ).doubtfulTimes;
  const log = logOf(
    "2018-07-05T01:10:00Z",
    "2018-07-06T00:00:00Z",
    "2018-07-05T03:10:00Z",
  );
  expect(await doubts(OLD, AS_OF)).toBeUndefined();
  expect(await doubts(log, AS_OF)).toBe(
    "the message at offset 1 of partition 0 is dated later than it came",
  );
  expect(await doubts(log, hourStart("2018-07-07T00"))).toContain("offset 1");
});

test("an audit as of an instant of the past leaves no doubts to later ones", async () => {
  const memory = emptyMemory();
  const log = logOf("2018-07-05T01:10:00Z", "2018-07-05T23:00:00Z");
  const { found } = await counts(log, memory);
  const about = topic({ lastRun: hourStart("2018-07-06T00") });
  withLogsPast(about, found, new Map(), memory, RANGE, AS_OF);
  expect(memory.misdated).toBeUndefined();
});
