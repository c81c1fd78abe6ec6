import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../formats/format-error";
import { checkZstdFrames } from "../../../../formats/kafka/zstd-frame";

/** Written by zstd 1.5.4. */
const file = readFileSync(join(__dirname, "../../../fixtures/log-lines.zst"));
const frame = (hex: string) => () => checkZstdFrames(Buffer.from(hex, "hex"));

test("whole frames pass, one or more of them", () => {
  checkZstdFrames(file);
  checkZstdFrames(Buffer.concat([file, file]));
  // One that may be skipped, and one of a raw block.
  checkZstdFrames(Buffer.from("502a4d1802000000aabb", "hex"));
  frame("28b52ffd2008410000616e206576656e74")();
});

test("one that is cut off does not", () => {
  for (let length = 1; length < file.length; length++)
    expect(() => checkZstdFrames(file.subarray(0, length))).toThrow(
      FormatError,
    );
});

test.each([
  ["a content of 2 GB in a few bytes", "28b52ffda000000080010000"],
  ["a content that no number holds", "28b52ffde0ffffffffffffffff010000"],
  ["a window of gigabytes", "28b52ffd00ff010000"],
  ["no magic", "00000000"],
])("%s is refused", (_, hex) => {
  expect(frame(hex)).toThrow(FormatError);
});
