import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../formats/format-error";
import { yarnLogLines } from "../../../../formats/yarn-log/yarn-log";
import type { RandomAccess } from "../../../../lib/random-access";

/** Written by a NodeManager of Hadoop 3.4.3; what `yarn logs` printed of the same files is beside them. */
const fixture = (name: string) =>
  readFileSync(join(__dirname, "..", "..", "..", "fixtures", name));
const inMemory = (bytes: Buffer): RandomAccess => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

async function lines(bytes: Buffer): Promise<string[]> {
  const found: string[] = [];
  for await (const { container, logType, line } of yarnLogLines(
    inMemory(bytes),
  ))
    found.push(`${container} ${logType} ${line}`);
  return found;
}

test.each(["tfile-none", "ifile-none"])(
  "%s tells what `yarn logs` prints of it",
  async (name) => {
    const found = await lines(fixture(name));
    expect(found.length).toBeGreaterThan(200);
    expect(found).toEqual(await lines(fixture(`${name}.txt`)));
  },
);

test("a log file that ends early is refused, not half read in silence", async () => {
  const whole = fixture("tfile-none");
  await expect(lines(whole.subarray(0, whole.length - 100))).rejects.toThrow(
    FormatError,
  );
  await expect(lines(Buffer.from("\x01\x02 no log"))).rejects.toThrow(
    "not an aggregated YARN log",
  );
});
