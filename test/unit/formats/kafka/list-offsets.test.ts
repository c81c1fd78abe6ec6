import {
  decodeListedOffsets,
  encodeListOffsetsRequest,
  LATEST,
} from "../../../../formats/kafka/list-offsets";
import { FormatError } from "../../../../formats/format-error";
import { LIST_OFFSETS_ANSWER } from "../../../fuzz/seeds/kafka";

test("offsets are read by topic and partition; an error is the topic's alone", () => {
  expect(decodeListedOffsets(LIST_OFFSETS_ANSWER)).toEqual(
    new Map([
      [
        "abc",
        {
          offsets: new Map([
            [0, 9007199254740993n],
            [1, undefined],
          ]),
        },
      ],
      ["x", { offsets: new Map(), error: 6 }],
    ]),
  );
});

test("an answer that ends early is no answer", () => {
  for (let length = 0; length < LIST_OFFSETS_ANSWER.length; length++)
    expect(() =>
      decodeListedOffsets(LIST_OFFSETS_ANSWER.subarray(0, length)),
    ).toThrow(FormatError);
});

test("a request asks about partitions of several topics, each at its own time, for committed records", () => {
  expect(
    encodeListOffsetsRequest([
      { topic: "abc", partitions: [0, 2], time: 1530752400000 },
      { topic: "x", partitions: [1], time: LATEST },
    ]).toString("hex"),
  ).toBe(
    [
      "ffffffff" + "01" + "00000002",
      "0003" + "616263" + "00000002",
      "00000000" + "0000016467f3fa80",
      "00000002" + "0000016467f3fa80",
      "0001" + "78" + "00000001",
      "00000001" + "f".repeat(16),
    ].join(""),
  );
});
