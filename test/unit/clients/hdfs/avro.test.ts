import { avroRecords } from "../../../../clients/hdfs/avro";
import { avroFile, SYNC } from "../../formats/avro/avro-file";

/** Counts a file through reads of ranges; `bytesRead` sums them up. */
async function count(file: Buffer, length = file.length) {
  let bytesRead = 0;
  const records = await avroRecords(
    {
      read: async (_path, offset = 0, size = file.length) => {
        bytesRead += size;
        return file.subarray(offset, offset + size);
      },
    },
    "/raw",
    { name: "a.avro", type: "FILE", length, mtime: 0, owner: "x" },
  );
  return { records, bytesRead };
}

test("the records of all blocks are counted, and long blocks are not read", async () => {
  const file = avroFile([3, 900_000, 2, 900_000, 1]);
  const { records, bytesRead } = await count(file);
  expect(records).toBe(1_800_006);
  expect(bytesRead).toBeLessThan(file.length / 4);
});

test("a header longer than the first read is read on", async () => {
  const schema = JSON.stringify({ type: "int", doc: "x".repeat(300_000) });
  expect((await count(avroFile([5], schema))).records).toBe(5);
});

test("a file without blocks has no records", async () => {
  expect((await count(avroFile([]))).records).toBe(0);
});

test.each([
  ["cut off in a block", avroFile([9]).subarray(0, -20)],
  ["cut off in its marker", avroFile([9]).subarray(0, -1)],
  ["empty", Buffer.alloc(0)],
  ["no Avro", Buffer.from("PAR1 and something else that is long enough")],
  [
    "with another marker",
    Buffer.concat([avroFile([9]).subarray(0, -16), Buffer.alloc(SYNC.length)]),
  ],
])("a file that is %s is not counted", async (_, file) => {
  await expect(count(file)).rejects.toThrow(
    expect.objectContaining({ name: "FormatError" }) as Error,
  );
});
