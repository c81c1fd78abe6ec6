import { readAhead } from "../../../lib/read-ahead";

const BYTES = Buffer.from(Array.from({ length: 100 }, (_, i) => i));

function fileThat(read: (offset: number) => void = () => undefined) {
  const asked: number[] = [];
  return {
    asked,
    size: BYTES.length,
    read: async (offset: number, length: number) => {
      asked.push(offset);
      await Promise.resolve();
      read(offset);
      return BYTES.subarray(offset, offset + length);
    },
  };
}

test("every range is what the file has there, also beyond its end", async () => {
  for (const chunk of [1, 7, 100, 1000]) {
    const file = readAhead(fileThat(), chunk);
    for (let offset = 0; offset <= 101; offset += 5)
      for (const length of [0, 1, 6, 7, 8, 50, 1000])
        expect(await file.read(offset, length)).toEqual(
          BYTES.subarray(offset, offset + length),
        );
  }
});

test("a file that is read from end to end is asked for once, and ahead", async () => {
  const file = fileThat();
  const { read } = readAhead(file, 10);
  await read(0, 3);
  expect(file.asked).toEqual([0, 10, 20]);
  for (let offset = 3; offset < 100; offset += 3) await read(offset, 3);
  expect(file.asked).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
});

test("a chunk that could not be read fails whoever needs it, nobody else, and is asked for again", async () => {
  let isAway = true;
  const { read } = readAhead(
    fileThat((offset) => {
      if (offset === 10 && isAway) throw new Error("HDFS is away");
    }),
    10,
  );
  expect(await read(0, 10)).toEqual(BYTES.subarray(0, 10));
  // The chunk ahead has failed by now, which nobody has waited for.
  await new Promise(setImmediate);
  await expect(read(5, 10)).rejects.toThrow("HDFS is away");
  isAway = false;
  expect(await read(5, 10)).toEqual(BYTES.subarray(5, 15));
});
