import {
  parseLogHead,
  parseRefineMention,
  parseRefineStatus,
  parseRefineTotal,
} from "../../../../formats/refine/refine-log-line";

const INPUT =
  "/wmf/data/raw/eventlogging/eventlogging_Edit/hourly/2018/07/05/03";
const TARGET = `${INPUT} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=3)`;

test("a status line says which partition has ended, how, and with how many records", () => {
  expect(
    parseRefineStatus(
      `26/11/24 12:43:36 INFO Refine: Finished refinement of dataset ${TARGET}. (# refined records: 42)`,
    ),
  ).toEqual({
    kind: "finished",
    outdated: false,
    input: INPUT,
    table: "event.edit",
    hour: "2018-07-05T03",
    records: 42,
  });
});

test("the outdated wrapper's status lines are told apart", () => {
  expect(
    parseRefineStatus(
      `ERROR JsonRefine: Failed refinement of JSON dataset ${TARGET}.`,
    ),
  ).toMatchObject({ kind: "failed", outdated: true });
});

test("a beginning is a mention and no status", () => {
  const line = `INFO Refine: Beginning refinement of ${TARGET}...`;
  expect(parseRefineStatus(line)).toBeUndefined();
  expect(parseRefineMention(line)).toEqual({
    kind: "begun",
    table: "event.edit",
    hour: "2018-07-05T03",
  });
});

test("a table's summary mentions no partition", () => {
  expect(
    parseRefineMention(
      "18/07/05 12:00:01 INFO Refine: Successfully refined 2 of 3 dataset partitions into table `event`.`edit` (total # refined records: 9)",
    ),
  ).toBeUndefined();
});

test("the driver says how many partitions it means to refine", () => {
  expect(
    parseRefineTotal(
      "INFO Refine: Refining 12 dataset partitions in into tables `event`.`edit` with local parallelism of 4...",
    ),
  ).toBe(12);
});

test("a line begins with time and level; a stack trace's lines do not", () => {
  expect(
    parseLogHead("18/07/05 12:00:01 ERROR Refine: executor 1 was lost"),
  ).toEqual({
    time: "18/07/05 12:00:01",
    level: "ERROR",
    text: "Refine: executor 1 was lost",
  });
  expect(parseLogHead("java.io.IOException: no lease")).toBeUndefined();
});

test("a number that cannot be is not told", () => {
  const huge = "9".repeat(400);
  const status = parseRefineStatus(
    `INFO Refine: Finished refinement of dataset ${TARGET}. (# refined records: ${huge})`,
  );
  expect(status).toMatchObject({ kind: "finished", hour: "2018-07-05T03" });
  expect(status).not.toHaveProperty("records");
  expect(
    parseRefineTotal(`INFO Refine: Refining ${huge} dataset partitions in`),
  ).toBeUndefined();
});
