/** Avro's zigzag long. */
export function long(value: number): Buffer {
  let rest =
    BigInt(value) >= 0n ? BigInt(value) * 2n : -BigInt(value) * 2n - 1n;
  const bytes: number[] = [];
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export const SYNC = Buffer.from("0123456789abcdef", "latin1");

const text = (value: string) =>
  Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)]);

/** An Avro container file with blocks of so many records, two bytes each. @param schema as it stands in the metadata */
export const avroFile = (blocks: number[], schema = '"int"'): Buffer =>
  Buffer.concat([
    Buffer.from("Obj\u0001", "latin1"),
    long(1),
    text("avro.schema"),
    text(schema),
    long(0),
    SYNC,
    ...blocks.flatMap((records) => [
      long(records),
      long(2 * records),
      Buffer.alloc(2 * records, 1),
      SYNC,
    ]),
  ]);
