import { crc32c } from "../../../lib/crc32c";

test.each([
  ["nothing", Buffer.alloc(0), 0],
  ["the check value of the catalogues", Buffer.from("123456789"), 0xe3069283],
  ["RFC 3720's zeroes", Buffer.alloc(32), 0x8a9136aa],
  ["RFC 3720's ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
  [
    "RFC 3720's incrementing bytes",
    Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
    0x46dd794e,
  ],
])("the checksum of %s", (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});
