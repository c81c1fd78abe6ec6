import {
  decodeTopicIds,
  encodeMetadataRequest,
} from "../../../../formats/kafka/metadata";
import { FormatError } from "../../../../formats/format-error";

// Put together by hand after the protocol guide's "Metadata Response (Version: 12)".
const ANSWER = Buffer.from(
  [
    "00", // the header's tagged fields
    "00000000", // throttle time
    "02" + "000003e9" + "0a3132372e302e302e31" + "000042b0" + "00" + "00", // one broker: 1001, 127.0.0.1:17072, no rack
    "02" + "63", // cluster "c"
    "000003e9", // controller
    "03", // two topics
    "0000" + "0461" + "6263", // abc
    "00112233445566778899aabbccddeeff",
    "00",
    "02" + // one partition
      "0000" +
      "00000000" +
      "000003e9" +
      "00000000",
    "02" + "000003e9" + "02" + "000003e9" + "01" + "00",
    "80000000" + "00",
    "0003" + "0578797a31" + "0".repeat(32) + "00" + "01" + "80000000" + "00", // xyz1: unknown topic
    "00",
  ].join(""),
  "hex",
);

test("topics' ids are read, those of unknown topics left out", () => {
  expect([...decodeTopicIds(ANSWER)]).toEqual([
    ["abc", "00112233445566778899aabbccddeeff"],
  ]);
});

test("an answer that ends early is no answer", () => {
  for (let length = 0; length < ANSWER.length - 1; length += 7)
    expect(() => decodeTopicIds(ANSWER.subarray(0, length))).toThrow(
      FormatError,
    );
});

test("a request names topics without ids, creates none and asks for no rights", () => {
  expect(encodeMetadataRequest(["abc"]).toString("hex")).toBe(
    "00" + "02" + "0".repeat(32) + "04616263" + "00" + "0000" + "00",
  );
  const long = "t".repeat(200);
  expect(encodeMetadataRequest([long]).toString("latin1")).toContain(
    `\xc9\x01${long}`,
  );
});
