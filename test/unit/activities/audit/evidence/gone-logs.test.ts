import {
  emptyMemory,
  type TopicMemory,
} from "../../../../../activities/audit/evidence/evidence-cache";
import {
  noLog,
  readKafkaLog,
  withLogsPast,
} from "../../../../../activities/audit/evidence/kafka-log";
import { HOUR_MS, hourStart } from "../../../../../lib/hour";
import { topic } from "../../../domain/audit/cases";
import {
  AS_OF,
  audits,
  FOUR,
  goneAt,
  NEW,
  OLD,
  RANGE,
  TWO,
} from "./audited-logs";

test.each([
  ["no id is known", undefined, undefined],
  ["ids could be asked before only", "a", undefined],
  ["ids can be asked again only", undefined, "b"],
])(
  "a topic that was gone and is there again was made anew, where %s",
  async (_, before, after) => {
    const memory = emptyMemory();
    const audit = audits(memory);
    await audit(OLD, before, TWO);
    expect(goneAt(memory, AS_OF + 1)?.cause).toBe("topic-deleted");
    const again = { cause: "topic-recreated", from: hourStart(TWO) };
    const asOf = AS_OF + 2;
    // It has as many messages as the one before, and is imported further.
    const there = await audit(NEW, after, FOUR, { asOf });
    expect(there).toMatchObject({ ...again, until: asOf });
    expect(goneAt(memory, AS_OF + 3)).toMatchObject({
      ...{ cause: "topic-deleted", from: hourStart(TWO), until: AS_OF + 3 },
    });
  },
);

test("a topic that no audit has seen before it was gone may have lost any hour once it is there again", async () => {
  const memory = emptyMemory();
  withLogsPast(
    topic({ partitions: [] }),
    noLog(memory),
    new Map(),
    memory,
    RANGE,
    AS_OF,
  );
  const there = await audits(memory)(NEW, "b", FOUR, { asOf: AS_OF + 1 });
  expect(there).toMatchObject({ from: 0, until: AS_OF + 1 });
});

test("a topic that was gone and has its id still was not made anew", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, "a", TWO);
  goneAt(memory, AS_OF + 1);
  const there = await audit(OLD, "a", TWO, { asOf: AS_OF + 2 });
  expect(there).toMatchObject({ cause: "topic-deleted", until: AS_OF + 1 });
});

test("a topic that is made anew goes on to be in doubt as long as the importer stands where it stood when it was gone", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, undefined, TWO, { stored: "2" });
  goneAt(memory, AS_OF + 1, "3");
  for (const asOf of [AS_OF + 2, AS_OF + 3])
    expect(await audit(NEW, undefined, TWO, { asOf })).toMatchObject({
      until: asOf,
    });
});

test("also where no audit has seen the topic before it was gone", async () => {
  const memory = emptyMemory();
  goneAt(memory, AS_OF, "3");
  for (const asOf of [AS_OF + 1, AS_OF + 2])
    expect(await audits(memory)(NEW, undefined, TWO, { asOf })).toMatchObject({
      until: asOf,
    });
});

test("a topic that no audit has seen, and that is gone in each though the importer has moved, was there between them", () => {
  const memory = emptyMemory();
  goneAt(memory, AS_OF, "3");
  expect(goneAt(memory, AS_OF + 1, "3")?.until).toBe(AS_OF);
  expect(goneAt(memory, AS_OF + 2, "5")?.until).toBe(AS_OF + 2);
});

test("a topic that is gone in each audit, though the importer has moved, was there between them", async () => {
  const memory = emptyMemory();
  await audits(memory)(OLD, "a", TWO);
  for (const [asOf, stored, until] of [
    [AS_OF + 1, "3", AS_OF + 1],
    [AS_OF + 2, "3", AS_OF + 1],
    [AS_OF + 3, "5", AS_OF + 3],
    [AS_OF + 4, "5", AS_OF + 3],
  ] as const)
    expect(goneAt(memory, asOf, stored, FOUR)?.until).toBe(until);
});

test("looks that could not ask for the id do not tell how far the log of that id was imported", async () => {
  const audit = audits();
  await audit(OLD, "a", TWO);
  for (const asOf of [AS_OF + 1, AS_OF + 2])
    expect(await audit(NEW, undefined, FOUR, { asOf })).toBeUndefined();
  expect(await audit(NEW, "b", FOUR, { asOf: AS_OF + 3 })).toMatchObject({
    from: hourStart(TWO),
  });
});

test("nor that what the log of that id held was read, once it is deleted", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, "a", TWO);
  await audit(NEW, undefined, FOUR, { asOf: AS_OF + 1 });
  await audit(NEW, undefined, FOUR, { asOf: AS_OF + 2 });
  expect(goneAt(memory, AS_OF + 3)).toMatchObject({ from: AS_OF });
});

test("nor when it was imported, where it is deleted unread", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, "a", TWO);
  await audit(NEW, undefined, FOUR, { asOf: AS_OF + 1 });
  expect(goneAt(memory, AS_OF + 2, "2", FOUR)?.from).toBe(hourStart(TWO));
});

/** Until when a log is in doubt that was made anew, by an audit as of `AS_OF`. */
async function until({
  memory = emptyMemory(),
  stored = "9",
  lastRun = AS_OF - 1,
  misdated = {},
  now = AS_OF + 1000 * HOUR_MS,
}: {
  memory?: TopicMemory;
  stored?: string;
  lastRun?: number;
  misdated?: Record<string, string>;
  now?: number;
}) {
  const found = await readKafkaLog(NEW, "t", RANGE, AS_OF, "b", memory);
  const partitions = [{ partition: 0, stored, logStart: "0", logEnd: "3" }];
  withLogsPast(
    topic({ partitions, lastRun, watermark: hourStart(TWO) }),
    { ...found, misdated },
    new Map([[0, { offset: stored }]]),
    memory,
    RANGE,
    AS_OF,
    now,
  );
  return memory.replaced?.until;
}

test("what an audit as of an instant of the past finds may have happened until now", async () => {
  // A world that stands in the past: nothing tells that it is later there.
  expect(await until({})).toBe(AS_OF);
  expect(await until({ lastRun: AS_OF + 9 })).toBe(AS_OF + 9);
  const clock = { asOf: AS_OF, behind: 990 * HOUR_MS };
  const memory = { ...emptyMemory(), clock };
  expect(await until({ memory })).toBe(AS_OF + 10 * HOUR_MS);
  // An audit that was late is of the present.
  const now = AS_OF + HOUR_MS;
  expect(await until({ now })).toBe(now);
});

test("where Kafka has later messages than an audit that remembers nothing was told, the next that does tells until when", async () => {
  const memory = emptyMemory();
  const misdated = { 0: "2" };
  expect(await until({ memory, misdated })).toBeUndefined();
  expect(memory.replaced).toBeDefined();
  memory.clock = { asOf: AS_OF, behind: 990 * HOUR_MS };
  expect(await until({ memory, misdated, stored: "3" })).toBe(
    AS_OF + 10 * HOUR_MS,
  );
});

test("an audit of the past does not shorten what one before it has found", async () => {
  const memory = emptyMemory();
  const audit = audits(memory);
  await audit(OLD, "a", TWO);
  await audit(NEW, "b", FOUR, { asOf: AS_OF + 5 });
  expect(goneAt(memory, AS_OF + 1)?.until).toBe(AS_OF + 5);
});
