import { linesFound } from "../../../lib/line-finder";
import { linesOf } from "../../../lib/lines";

const SEARCH = {
  needles: ["`.`", "ERROR"],
  message: {
    marks: ["12:"],
    begins: (line: string) => line.startsWith("12:"),
  },
};

async function* inPieces(bytes: Buffer, cuts: number[]) {
  await Promise.resolve();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

async function found(text: string, cuts: number[] = [], search = SEARCH) {
  const lines: string[] = [];
  for await (const line of linesFound(
    inPieces(Buffer.from(text), cuts),
    search,
  ))
    lines.push(line);
  return lines;
}

test("a line with a needle is found, and the line after it", async () => {
  const text = "a\n12:01 ERROR b\nc\nd\n12:02 `e`.`f` \ng";
  const expected = ["12:01 ERROR b", "c", "12:02 `e`.`f` ", "g"];
  for (let at = 0; at <= text.length; at++)
    expect(await found(text, [at])).toEqual(expected);
});

test("of lines that follow one another each is given once", async () => {
  expect(await found("x\n12: ERROR\n12: ERROR\n12: ERROR\na\nb\n")).toEqual([
    "12: ERROR",
    "12: ERROR",
    "12: ERROR",
    "a",
  ]);
});

test("a line within a message is preceded by the line that begins it, however far that is", async () => {
  const text = `12:01 a\n12:02 b\n${"c\n".repeat(50)}d ERROR\ne\n`;
  const expected = ["12:02 b", "d ERROR", "e"];
  for (const cuts of [[], [1, 2, 3], [12, 30, 60], [text.length - 5]])
    expect(await found(text, cuts)).toEqual(expected);
});

test("a message that began far before is found, also where a line of it is long", async () => {
  const long = "c".repeat(200_000);
  const text = `12:01 a\n12:02 b\n${"c\n".repeat(50_000)}${long}\n${"c\n".repeat(50_000)}d ERROR\ne\n`;
  expect(await found(text)).toEqual(["12:02 b", "d ERROR", "e"]);
});

test("lines end as Hadoop's do, and bytes that are no UTF-8 stand in nobody's way", async () => {
  expect(await found("12:\r\n12: ERROR é\r\nb\rc\r\nd")).toEqual([
    "12: ERROR é",
    "b",
    "c",
  ]);
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0x0a]),
    Buffer.from("12: ERROR\n"),
  ]);
  const lines: string[] = [];
  for await (const line of linesFound(inPieces(bytes, []), SEARCH))
    lines.push(line);
  expect(lines).toEqual(["12: ERROR"]);
});

test("a line that is longer than many pieces is found", async () => {
  const text = `12: ${"a".repeat(10_000)} ERROR ${"b".repeat(10_000)}\n`;
  const cuts = Array.from({ length: 200 }, (_, i) => (i + 1) * 100);
  expect(await found(text, cuts)).toEqual([text.trimEnd()]);
});

/** What is to be found, line by line. */
async function expectedOf(text: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(inPieces(Buffer.from(text), [])))
    lines.push(line);
  const wanted = new Set<number>();
  lines.forEach((line, i) => {
    if (!SEARCH.needles.some((needle) => line.includes(needle))) return;
    wanted.add(i);
    if (i + 1 < lines.length) wanted.add(i + 1);
    for (let at = i; at >= 0; at--)
      if (SEARCH.message.begins(lines[at]!)) {
        wanted.add(at);
        break;
      }
  });
  return lines.filter((_, i) => wanted.has(i));
}

test("whatever a log is made of and wherever its pieces end, the same lines are found", async () => {
  const parts = ["12:01 a\n", "b\n", "12:02 ERROR c\n", "d `e`.`f` g\n", "\n", "12:03 é\r\n"]; // prettier-ignore
  let state = 1;
  const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n;
  for (let round = 0; round < 300; round++) {
    const text = Array.from(
      { length: random(30) },
      () => parts[random(parts.length)],
    ).join("");
    const cuts = Array.from({ length: random(6) }, () =>
      random(Buffer.byteLength(text) + 1),
    ).sort((a, b) => a - b);
    expect([text, cuts, await found(text, cuts)]).toEqual([
      text,
      cuts,
      await expectedOf(text),
    ]);
  }
});
