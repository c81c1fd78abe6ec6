import { importUntilNothingLacks } from "../../../../activities/backfill/import-until";

/** An importer of which every run moves to the next of these offsets, and stays at the last; it is done at `end`. */
function importer(offsets: number[], end: number, partitions = 1) {
  let runs = 0;
  const keys = Array.from({ length: partitions }, (_, i) => `Edit/${i}`);
  const offset = () => offsets[Math.min(runs, offsets.length - 1)]!;
  return importUntilNothingLacks({
    topics: ["Edit"],
    log: "/var/log/camus.log",
    positions: async () =>
      new Map(keys.map((key) => [key, { offset: String(offset()) }])),
    lacking: async () => (offset() < end ? keys : []),
    runOnce: async () => {
      runs++;
    },
  });
}

test("an importer that stands where it should is not run at all", async () => {
  expect(await importer([10], 10)).toBe(0);
});

test("it is run until nothing lacks, however many runs that takes, as long as they get further", async () => {
  const offsets = Array.from({ length: 41 }, (_, i) => i);
  expect(await importer(offsets, 40)).toBe(40);
});

test("eleven runs in a row that get no further are borne with", async () => {
  expect(await importer([...new Array<number>(12).fill(3), 10], 10)).toBe(12);
});

test("the twelfth run in a row that gets no further is the last, and the error says what lacks and where to look", async () => {
  await expect(importer([3], 10)).rejects.toThrow(
    "12 importer runs in a row got no further; still not imported: Edit/0; see /var/log/camus.log",
  );
  await expect(importer([3], 10, 12)).rejects.toThrow("Edit/9 and 2 more");
});
