import { Compensations } from "../../../../workflows/backfill/compensations";

jest.mock("@temporalio/workflow", () => ({
  CancellationScope: { nonCancellable: <T>(work: () => T) => work() },
}));

/** Compensations that note which topics they undo: `all`, or their names. */
function owing() {
  const undone: string[] = [];
  const compensations = new Compensations();
  for (const name of ["restore retention", "restore offsets"] as const)
    compensations.owe(name, async (only) => {
      undone.push(`${name}: ${only?.join(",") ?? "all"}`);
      return only?.includes("none of it") ? undefined : "done";
    });
  return { compensations, undone };
}

test("what is owed is undone newest first, and once", async () => {
  const { compensations } = owing();
  expect(await compensations.undoAll()).toEqual([
    "restore offsets: done",
    "restore retention: done",
  ]);
  expect(await compensations.undoAll()).toEqual([]);
});

test("for topics that are taken out, only theirs is undone, and the rest is owed still", async () => {
  const { compensations, undone } = owing();
  expect(await compensations.undoFor(["Edit"])).toHaveLength(2);
  expect(await compensations.undoFor(["none of it"])).toEqual([]);
  expect(undone.slice(0, 2)).toEqual([
    "restore offsets: Edit",
    "restore retention: Edit",
  ]);
  expect(compensations.names).toEqual(["restore offsets", "restore retention"]);
});

test("what has proven right is kept, unless an operator wants it undone, too", async () => {
  const { compensations } = owing();
  compensations.settle("restore offsets");
  expect(compensations.names).toEqual(["restore retention"]);
  expect(compensations.settled).toEqual(["restore offsets"]);
  expect(await compensations.undoAll()).toEqual(["restore retention: done"]);
  const other = owing().compensations;
  other.settle("restore offsets");
  expect(await other.undoAll(true)).toHaveLength(2);
});

test("what has proven right stays also of a topic that is taken out", async () => {
  const { compensations, undone } = owing();
  compensations.settle("restore offsets");
  await compensations.undoFor(["Edit"]);
  expect(undone).toEqual(["restore retention: Edit"]);
});

test("one that fails is told, and does not keep the others from being run", async () => {
  const { compensations } = owing();
  compensations.owe("restore flags", async () => {
    throw new Error("HDFS is down");
  });
  expect(await compensations.undoAll()).toEqual([
    "restore flags: NOT undone (HDFS is down)",
    "restore offsets: done",
    "restore retention: done",
  ]);
});
