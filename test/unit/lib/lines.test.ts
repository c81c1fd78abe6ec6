import { byteLinesOf, linesOf, wholeLines } from "../../../lib/lines";

async function linesIn(pieces: Buffer[]): Promise<string[]> {
  async function* given() {
    await Promise.resolve();
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of linesOf(given())) lines.push(line);
  return lines;
}

test("lines and characters survive wherever the pieces end", async () => {
  const text = Buffer.from("东京 1\r\n\nπ😀\nlast");
  for (let at = 0; at <= text.length; at++)
    expect(await linesIn([text.subarray(0, at), text.subarray(at)])).toEqual([
      "东京 1",
      "",
      "π😀",
      "last",
    ]);
});

test("an empty text has no lines", async () => {
  expect(await linesIn([])).toEqual([]);
});

test("a source that fails midway is that error, after the lines before it", async () => {
  async function* failing() {
    yield Buffer.from("first\nsec");
    await Promise.resolve();
    throw new Error("connection reset");
  }
  const lines: string[] = [];
  await expect(async () => {
    for await (const line of linesOf(failing())) lines.push(line);
  }).rejects.toThrow("connection reset");
  expect(lines[0]).toBe("first");
});

test("Unicode's line separators, which JSON may hold as they are, do not end a line", async () => {
  const line = '{"title":"a\u2028b\u2029c\u0085d"}';
  expect(await linesIn([Buffer.from(`${line}\n${line}`)])).toEqual([
    line,
    line,
  ]);
});

test("\\n, \\r\\n and a lone \\r end a line, as Hadoop's LineReader has it, wherever the pieces end", async () => {
  const text = Buffer.from("a\rb\r\nc\n\rd\r");
  for (let at = 0; at <= text.length; at++)
    expect(await linesIn([text.subarray(0, at), text.subarray(at)])).toEqual([
      "a",
      "b",
      "c",
      "",
      "d",
    ]);
});

test("a line may be longer than many pieces", async () => {
  const piece = Buffer.from("x".repeat(1000));
  const pieces = Array.from({ length: 20_000 }, () => piece);
  const [line, ...others] = await linesIn(pieces);
  expect([line!.length, others]).toEqual([20_000_000, []]);
});

test("of an archive, only \\n and \\r\\n end a line: an event's text may hold a lone \\r", async () => {
  async function* given() {
    await Promise.resolve();
    yield Buffer.from('{"a":\r1}\r\n{"b":');
    yield Buffer.from("\u20282}\r");
  }
  const lines: string[] = [];
  for await (const line of byteLinesOf(given())) lines.push(line.toString());
  expect(lines).toEqual(['{"a":\r1}', '{"b":\u20282}']);
});

test("a line that is longer than wanted gives way to an empty one, and is told of, wherever pieces end", async () => {
  const text = "ab\n0123456789\ncd\n0123456789012345";
  for (let size = 1; size < 9; size++) {
    const told: number[] = [];
    const pieces = async function* () {
      for (let at = 0; at < text.length; at += size)
        yield Buffer.from(text.slice(at, at + size));
    };
    const parts: Buffer[] = [];
    for await (const part of wholeLines(pieces(), {
      max: 10,
      tooLong: (bytes) => told.push(bytes),
    }))
      parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe("ab\n\ncd\n");
    expect(told).toEqual([11, 16]);
  }
});

test("pieces may come in one buffer, where each part is looked at before the next one is asked for", async () => {
  const text = "ab\n0123456789\n\ncd\nlast";
  for (let size = 1; size < 9; size++) {
    const buffer = Buffer.alloc(size);
    const pieces = async function* () {
      for (let at = 0; at < text.length; at += size)
        yield buffer.subarray(0, buffer.write(text.slice(at, at + size)));
    };
    let parts = "";
    for await (const part of wholeLines(pieces())) parts += part.toString();
    expect(parts).toBe(text);
  }
});
