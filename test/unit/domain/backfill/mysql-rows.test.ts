import {
  mergeRows,
  type MysqlRows,
  RowTally,
} from "../../../../domain/backfill/mysql-rows";

const uuid = (n: number) => String(n).padStart(32, "0");

test("rows of which the same is to be said are one remark, with the first few uuids", () => {
  const tally = new RowTally();
  const doubts = [
    { why: "cut", column: "event_a" },
    { why: "cut", column: "event_b" },
  ];
  for (let n = 0; n < 9; n++) tally.addDoubts("Edit_17", doubts, uuid(n));
  tally.addDoubts("Edit_17", [], uuid(9));
  tally.addUnused({ table: "Edit_17", why: "no time" }, [], 4);
  const about = { table: "Edit_17", why: "cut", used: true, rows: 9 };
  const uuids = [uuid(0), uuid(1), uuid(2)];
  expect(tally.result()).toEqual({
    unused: 4,
    // A row with two doubts is one row.
    doubtful: 9,
    remarks: [
      { table: "Edit_17", why: "no time", used: false, rows: 4, uuids: [] },
      { ...about, column: "event_a", uuids },
      { ...about, column: "event_b", uuids },
    ],
    more: 0,
  });
});

test("what shards say is added, stays small, and says how much it leaves out", () => {
  const shard = (n: number): MysqlRows => ({
    unused: 1,
    doubtful: 0,
    remarks: [
      {
        table: `T${n}_1`,
        why: "w".repeat(120),
        column: "event_".padEnd(64, "x"),
        used: false,
        rows: 1,
        uuids: [uuid(n), uuid(n), uuid(n)],
      },
    ],
    more: 0,
  });
  let merged = mergeRows([undefined, shard(0)]);
  for (let n = 1; n < 1000; n++) merged = mergeRows([merged, shard(n)]);
  expect(merged).toMatchObject({ unused: 1000, more: 980 });
  expect(JSON.stringify(merged).length).toBeLessThan(10_000);
  expect(mergeRows([undefined, undefined])).toBeUndefined();
});
