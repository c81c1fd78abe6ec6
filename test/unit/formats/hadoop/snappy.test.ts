import { compressSync } from "snappy";
import { FormatError } from "../../../../formats/format-error";
import { unframed } from "../../../../formats/hadoop/compressed-text";
import { expandSnappy } from "../../../../formats/hadoop/snappy";
import { int } from "./writables";

const CONTENT = Buffer.alloc(5000, "an event ");

test("a chunk is expanded, and to no more than is asked for", () => {
  const chunk = compressSync(CONTENT);
  expect(expandSnappy(chunk)).toEqual(CONTENT);
  expect(expandSnappy(chunk, CONTENT.length)).toEqual(CONTENT);
  expect(() => expandSnappy(chunk, CONTENT.length - 1)).toThrow(FormatError);
});

test.each([
  ["a length of gigabytes", [0xff, 0xff, 0xff, 0xff, 0x0f, 0]],
  ["a length without an end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  // A literal whose length of four bytes is negative as a signed number.
  ["a literal that leads back", [4, 0xfc, 0xfa, 0xff, 0xff, 0xff, 1, 1, 1, 1]],
  ["nothing", []],
])("%s is refused", (_, bytes) => {
  expect(() => expandSnappy(Buffer.from(bytes))).toThrow(FormatError);
});

test("a block that holds more than it says is refused", async () => {
  const chunk = compressSync(CONTENT);
  const file = Buffer.concat([int(100), int(chunk.length), chunk]);
  const read = async () => {
    for await (const _ of unframed(
      (async function* () {
        yield file;
      })(),
    ));
  };
  await expect(read).rejects.toThrow(FormatError);
});
