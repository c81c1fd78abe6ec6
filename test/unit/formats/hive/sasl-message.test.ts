import { EndOfBytes, FormatError } from "../../../../formats/format-error";
import {
  decodeSaslMessage,
  encodeSaslMessage,
} from "../../../../formats/hive/sasl-message";

test("a message is its status, its length and its bytes; what comes behind it stays", () => {
  const bytes = encodeSaslMessage({ status: "ok", body: Buffer.from("ab") });
  expect(bytes.toString("hex")).toBe("02000000026162");
  const { message, rest } = decodeSaslMessage(
    Buffer.concat([bytes, Buffer.from("more")]),
  );
  expect(message).toEqual({ status: "ok", body: Buffer.from("ab") });
  expect(rest.toString()).toBe("more");
});

test("one that has not come whole says how much is lacking at least", () => {
  const bytes = encodeSaslMessage({ status: "bad", body: Buffer.from("why") });
  for (let n = 0; n < bytes.length; n++)
    expect(() => decodeSaslMessage(bytes.subarray(0, n))).toThrow(EndOfBytes);
});

test.each(["0600000000", "00", "02ffffffff", "0200100001"])(
  "what is no message is refused: %s",
  (hex) => {
    const bytes = Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(8)]);
    expect(() => decodeSaslMessage(bytes)).toThrow(FormatError);
    expect(() => decodeSaslMessage(bytes)).not.toThrow(EndOfBytes);
  },
);
