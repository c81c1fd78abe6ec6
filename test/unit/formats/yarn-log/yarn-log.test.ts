import { readFileSync } from "node:fs";
import { join } from "node:path";
import { yarnLogs } from "../../../../formats/yarn-log/yarn-log";
import { yarnLogLines } from "../../../support/yarn-log-lines";
import { linesOf } from "../../../../lib/lines";
import type { RandomAccess } from "../../../../lib/random-access";
import { FormatError } from "../../../../formats/format-error";

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

test("a printed log that is cut off is refused, not half read in silence", async () => {
  const whole = printed("a\n".repeat(100)).toString();
  await expect(
    lines(Buffer.from(whole.slice(0, whole.length - 150))),
  ).rejects.toThrow("ends early");
});

test("a damaged header of a printed log is refused without what stands in it", async () => {
  const text = `Container: container_1 on host\nLogType:${"secret ".repeat(1000)}\nLogLength:100\nLog Contents:\na\n`;
  const refused = await lines(Buffer.from(text)).then(
    () => "not refused",
    (error: Error) => error.message,
  );
  expect(refused).toContain("ends early");
  expect(refused).not.toContain("secret");
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

const STDERR = "container_1_0001_01_000001 stderr";

test.each([
  "18/07/05 12:00:01 INFO client.RMProxy: Connecting to ResourceManager",
  "2018-07-05 12:00:01,123 INFO client.RMProxy: Connecting",
  "[2018-07-05T12:00:01.123Z] INFO client.RMProxy: Connecting",
  "log4j:WARN No appenders could be found for logger",
  "jul. 05, 2018 12:00:01 org.apache.hadoop.yarn.client.RMProxy",
])(
  "what the client logs before a printed log is passed over: %s",
  async (preface) => {
    const text = Buffer.concat([Buffer.from(`${preface}\n\n`), printed("a")]);
    expect(await lines(text)).toEqual([`${STDERR} a`]);
  },
);

test("a printed log may begin with a byte order mark, in UTF-8 or UTF-16", async () => {
  const text = printed("ä").toString("utf8");
  const marked = Buffer.from(`\ufeff${text}`, "utf16le");
  const expected = [`${STDERR} ä`];
  expect(await lines(Buffer.from(`\ufeff${text}`))).toEqual(expected);
  expect(await lines(marked)).toEqual(expected);
  expect(await lines(Buffer.from(marked).swap16())).toEqual(expected);
});

test("before Hadoop 2.6 a log has no footer: the next header ends it once it has its length", async () => {
  const log = (container: string, type: string, content: string) =>
    `Container: ${container} on host_8041\n=====\nLogType: ${type}\nLogLength: ${content.length}\nLog Contents:\n${content}\n`;
  const text = [
    log("container_1_0001_01_000001", "stderr", "LogType: none\na"),
    "LogType: stdout\nLogLength: 0\nLog Contents:\n\n",
    log("container_1_0001_01_000002", "stderr", "b"),
  ].join("");
  expect((await lines(Buffer.from(text))).filter((l) => /\S$/.test(l))).toEqual(
    [
      `${STDERR} LogType: none`,
      `${STDERR} a`,
      "container_1_0001_01_000002 stderr b",
    ],
  );
});

test.each([
  "18/07/05 12:00:01 INFO Refine: Finished",
  "\ufeff2018-07-05 12:00:01,123 [main] INFO Refine: Finished",
  "SLF4J: Class path contains multiple bindings\n05 Jul 2018 12:00:01,123 INFO Refine: Finished",
])("a log that is text itself is read, of no container: %s", async (text) => {
  expect(await lines(Buffer.from(text))).toEqual(
    text
      .replace("\ufeff", "")
      .split("\n")
      .map((line) => `  ${line}`),
  );
});

test("a text that names no container and is no log is refused, not taken for a log of nothing", async () => {
  await expect(lines(Buffer.from("Some words\n"))).rejects.toThrow(FormatError);
});

test("a printed log that is longer than what is read at once is whole, wherever its parts end", async () => {
  const line = "18/07/05 12:00:01 INFO Refine: begun\n";
  // The pieces end four million bytes on: the footer lies across that place, one byte further each time.
  for (let before = 0; before < 40; before += 3) {
    const text = (line.repeat(1 + Math.ceil((4 << 20) / line.length)))
      .slice(0, (4 << 20) - 110 - before); // prettier-ignore
    const bytes = Buffer.concat([printed(text), printed("a\n")]);
    const [first, ...rest] = await lines(bytes);
    expect(first).toBe(`${STDERR} ${line.trim()}`);
    expect(rest.at(-1)).toBe(`${STDERR} a`);
    expect(1 + rest.length).toBe(text.split("\n").length + 1);
  }
});

test("thousands of small printed logs are taken apart in one go", async () => {
  const one = printed("a\n").toString();
  expect(await lines(Buffer.from(one.repeat(3000)))).toHaveLength(3000);
});

test("a log that nobody reads is passed over", async () => {
  for (const name of ["tfile-none", "ifile-none", "tfile-none.txt"]) {
    const read: string[] = [];
    let n = 0;
    for await (const { pieces, container, logType } of yarnLogs(
      inMemory(fixture(name)),
    ))
      if (n++ % 2 === 1)
        for await (const line of linesOf(pieces))
          read.push(`${container} ${logType} ${line}`);
    const all = await lines(fixture(name));
    expect(n).toBeGreaterThan(2);
    expect(all).toEqual(expect.arrayContaining(read));
    expect(read.length).toBeGreaterThan(0);
  }
});

test("a header is found behind a lone carriage return, as of a progress bar", async () => {
  const text = Buffer.concat([Buffer.from("50%\r100%\r"), printed("a\n")]);
  expect(await lines(text)).toEqual([`${STDERR} a`]);
});

test("a printed log with CRLF that is cut off is refused", async () => {
  const whole = printed("a".repeat(10).concat("\n").repeat(20)).toString();
  const crlf = whole.replaceAll("\n", "\r\n");
  // Each line break has one byte more than the log had: as many bytes as it had are not all of it.
  const begin = crlf.indexOf("aaa");
  await expect(
    lines(Buffer.from(crlf.slice(0, begin + 12 * 17))),
  ).rejects.toThrow("ends early");
});
