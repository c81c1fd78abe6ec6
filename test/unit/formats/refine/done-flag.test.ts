import fc from "fast-check";
import {
  decodeDoneFlag,
  encodeDoneFlag,
} from "../../../../formats/refine/done-flag";
import { FormatError } from "../../../../formats/format-error";

test("a done flag holds the raw directory's mtime, in any zone", () => {
  expect(
    decodeDoneFlag(Buffer.from("\0\x18" + "2018-07-05T12:31:12.345Z")),
  ).toBe(Date.parse("2018-07-05T12:31:12.345Z"));
  expect(
    decodeDoneFlag(Buffer.from("\0\x1d" + "2018-07-05T09:27:29.123-04:00")),
  ).toBe(Date.parse("2018-07-05T13:27:29.123Z"));
});

test("what is written as a done flag is read back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      (ms) => decodeDoneFlag(encodeDoneFlag(ms)) === ms,
    ),
  );
});

test.each([
  ["an empty flag", Buffer.alloc(0)],
  ["a cut-off flag", Buffer.from("\0\x18" + "2018-07")],
  ["something else", Buffer.from("\0\x05hello")],
  [
    "bytes after the time",
    Buffer.concat([encodeDoneFlag(0), Buffer.from("x")]),
  ],
])("%s is refused, with the reason", (_, bytes) => {
  expect(() => decodeDoneFlag(bytes)).toThrow(FormatError);
});

test("what lies in a flag's place is not quoted", () => {
  const bytes = Buffer.from("\0\x0c198.51.100.7");
  expect(() => decodeDoneFlag(bytes)).toThrow("12 characters");
  expect(() => decodeDoneFlag(bytes)).not.toThrow("198.51");
});
