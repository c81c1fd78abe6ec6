import { FormatError } from "../../../../formats/format-error";
import {
  decodeLogSizes,
  encodeLogDirsRequest,
} from "../../../../formats/kafka/log-dirs";
import { LOG_DIRS_ANSWER } from "../../../fuzz/seeds/kafka";

test("the sizes of logs are read; a replica that is being moved, or that cannot be read, tells nothing", () => {
  expect([...decodeLogSizes(LOG_DIRS_ANSWER)]).toEqual([[0, 0x400]]);
});

test("an answer that ends early is no answer", () => {
  for (let length = 4; length < LOG_DIRS_ANSWER.length; length += 5)
    expect(() => decodeLogSizes(LOG_DIRS_ANSWER.subarray(0, length))).toThrow(
      FormatError,
    );
});

test("a request names a topic's partitions", () => {
  expect(encodeLogDirsRequest("abc", [0, 3]).toString("hex")).toBe(
    "00000001" + "0003616263" + "00000002" + "00000000" + "00000003",
  );
});
