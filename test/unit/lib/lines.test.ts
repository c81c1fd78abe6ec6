import { linesOf } from "../../../lib/lines";

const read = async (...pieces: (string | Buffer)[]) => {
  async function* given() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const lines: string[] = [];
  for await (const line of linesOf(given())) lines.push(line);
  return lines;
};

test("only a line break ends a line: other separators may stand in an event", async () => {
  const event = '{"text":"a\u2028b\u2029c\u0085d", \r "n":1}';
  expect(await read(`${event}\nnext\r\nlast`)).toEqual([event, "next", "last"]);
});

test("lines and characters may be cut by the end of a piece", async () => {
  const bytes = Buffer.from("zwölf\n\nelf\n");
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual([
      "zwölf",
      "",
      "elf",
    ]);
});
