import { FormatError } from "../../../../formats/format-error";
import {
  decodeLogSizes,
  encodeLogDirsRequest,
} from "../../../../formats/kafka/log-dirs";

// Put together by hand after the protocol guide's "DescribeLogDirs Response (Version: 1)".
const partition = (number: string, size: string, isFuture = "00") =>
  `0000000${number}` + size.padStart(16, "0") + "0".repeat(16) + isFuture;
const ANSWER = Buffer.from(
  [
    "00000000",
    "00000002", // two directories
    "0000" + "0002" + "2f61", // "/a", readable
    "00000001" + "0001" + "74", // topic "t"
    "00000002" + partition("0", "400") + partition("1", "1234567890", "01"),
    "0038" + "0002" + "2f62", // "/b", which the broker cannot read
    "00000001" + "0001" + "74",
    "00000001" + partition("2", "9"),
  ].join(""),
  "hex",
);

test("the sizes of logs are read; a replica that is being moved, or that cannot be read, tells nothing", () => {
  expect([...decodeLogSizes(ANSWER)]).toEqual([[0, 0x400]]);
});

test("an answer that ends early is no answer", () => {
  for (let length = 4; length < ANSWER.length; length += 5)
    expect(() => decodeLogSizes(ANSWER.subarray(0, length))).toThrow(
      FormatError,
    );
});

test("a request names a topic's partitions", () => {
  expect(encodeLogDirsRequest("abc", [0, 3]).toString("hex")).toBe(
    "00000001" + "0003616263" + "00000002" + "00000000" + "00000003",
  );
});
