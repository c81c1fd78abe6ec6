import { emptyMemory } from "../../../../../activities/audit/evidence/evidence-cache";
import { hourStart } from "../../../../../lib/hour";
import { AS_OF, audits, FOUR, goneAt, NEW, OLD, TWO } from "./audited-logs";

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
