import {
  decodeProduceResponse,
  encodeProduceRequest,
} from "../../../../formats/kafka/produce";
import { FormatError } from "../../../../formats/format-error";

test("a request is laid out as the protocol guide says", () => {
  const batches = new Map([
    [0, Buffer.from("one")],
    [3, Buffer.from("three")],
  ]);
  expect(encodeProduceRequest("tx", 30_000, "Edit", batches)).toEqual(
    Buffer.concat([
      Buffer.from([0, 2]),
      Buffer.from("tx"),
      Buffer.from([0xff, 0xff]), // acks: all
      Buffer.from([0, 0, 0x75, 0x30]),
      Buffer.from([0, 0, 0, 1, 0, 4]),
      Buffer.from("Edit"),
      Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]),
      Buffer.from("one"),
      Buffer.from([0, 0, 0, 3, 0, 0, 0, 5]),
      Buffer.from("three"),
    ]),
  );
});

const ANSWER = Buffer.concat([
  Buffer.from([0, 0, 0, 1, 0, 4]),
  Buffer.from("Edit"),
  Buffer.from([0, 0, 0, 2]),
  Buffer.from([0, 0, 0, 0, 0, 0]),
  Buffer.alloc(16, 1),
  Buffer.from([0, 0, 0, 3, 0, 47]),
  Buffer.alloc(16, 0xff),
  Buffer.alloc(4),
]);

test("an answer tells what became of each partition", () => {
  expect(decodeProduceResponse(ANSWER)).toEqual([
    { topic: "Edit", partition: 0, errorCode: 0 },
    { topic: "Edit", partition: 3, errorCode: 47 },
  ]);
});

test("an answer that is cut off is none", () => {
  for (let length = 0; length < ANSWER.length - 4; length++)
    expect(() => decodeProduceResponse(ANSWER.subarray(0, length))).toThrow(
      FormatError,
    );
});
