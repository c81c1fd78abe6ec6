/** The protocol guide's primitive types, as requests are put together from them. */

export const int16 = (number: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(number);
  return bytes;
};

export const int32 = (number: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
};

export const string = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([int16(bytes.length), bytes]);
};
