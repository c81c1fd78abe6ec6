import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../formats/hadoop/bytes";
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
  "%s says what `yarn logs` prints of it",
  async (name) => {
    const found = await lines(fixture(name));
    expect(found.length).toBeGreaterThan(200);
    expect(found).toEqual(await lines(fixture(`${name}.txt`)));
  },
);

test("a log file that ends early is refused, not half read in silence", async () => {
  for (const name of ["tfile-none", "ifile-none"]) {
    const whole = fixture(name);
    await expect(lines(whole.subarray(0, whole.length - 100))).rejects.toThrow(
      FormatError,
    );
  }
});

test("what is no log is refused", async () => {
  await expect(lines(Buffer.from("\x01\x02 no log"))).rejects.toThrow(
    "not an aggregated YARN log",
  );
  await expect(lines(Buffer.alloc(0))).rejects.toThrow(FormatError);
});

const printed = (content: string) =>
  Buffer.from(
    `Container: container_1_0001_01_000001 on host_8041
LogAggregationType: AGGREGATED
LogType:stderr
LogLength:${content.length}
LogContents:
${content}
End of LogType:stderr
`,
  );

test("of a printed log, the empty line before the footer is the printer's and all others are the log's", async () => {
  const stderr = "container_1_0001_01_000001 stderr";
  expect(await lines(printed("a\n\nb\n"))).toEqual([
    `${stderr} a`,
    `${stderr} `,
    `${stderr} b`,
  ]);
  expect(await lines(printed("a\n\n"))).toEqual([`${stderr} a`, `${stderr} `]);
});

test("what a log says of containers and log types does not take it apart", async () => {
  expect(
    (await lines(printed("Container: x on y\nLogType:stdout\n"))).map(
      (line) => line.split(" ")[1],
    ),
  ).toEqual(["stderr", "stderr"]);
});
