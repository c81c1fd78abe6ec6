import {
  decodeTopicIds,
  encodeMetadataRequest,
} from "../../../../formats/kafka/metadata";
import { FormatError } from "../../../../formats/format-error";
import { METADATA_ANSWER } from "../../../fuzz/seeds/kafka";

test("topics' ids are read, those of unknown topics left out", () => {
  expect([...decodeTopicIds(METADATA_ANSWER)]).toEqual([
    ["abc", "00112233445566778899aabbccddeeff"],
  ]);
});

test("an answer that ends early is no answer", () => {
  for (let length = 0; length < METADATA_ANSWER.length - 1; length += 7)
    expect(() => decodeTopicIds(METADATA_ANSWER.subarray(0, length))).toThrow(
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
