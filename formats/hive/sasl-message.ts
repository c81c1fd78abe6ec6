import { EndOfBytes, FormatError } from "../format-error";

/**
 * Messages by which a client and a service of Thrift agree on who asks (org.apache.thrift.transport.TSaslTransport, Thrift 0.9 and later): a
 * status (one byte), a length (int32, big endian), so many bytes.
 */
export const SASL_STATUS = {
  start: 1,
  ok: 2,
  bad: 3,
  error: 4,
  complete: 5,
} as const;
export type SaslStatus = keyof typeof SASL_STATUS;
export type SaslMessage = { status: SaslStatus; body: Buffer };

const HEAD_BYTES = 5;
/** A token of Kerberos has some kilobytes, with many groups some tens; Thrift's own limit is far beyond. */
const MAX_BYTES = 1 << 20;

export function encodeSaslMessage({ status, body }: SaslMessage): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = SASL_STATUS[status];
  head.writeInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/**
 * The first message of what has come, and what comes behind it.
 * @throws EndOfBytes where it has not come whole
 * @throws FormatError where it is none, as what a metastore without SASL answers
 */
export function decodeSaslMessage(bytes: Buffer): {
  message: SaslMessage;
  rest: Buffer;
} {
  if (bytes.length < HEAD_BYTES)
    throw new EndOfBytes(
      "a message of SASL ends within its head",
      HEAD_BYTES - bytes.length,
    );
  const length = bytes.readInt32BE(1);
  const status = (Object.keys(SASL_STATUS) as SaslStatus[]).find(
    (each) => SASL_STATUS[each] === bytes[0],
  );
  if (status === undefined || length < 0 || length > MAX_BYTES)
    throw new FormatError("no message of SASL");
  const end = HEAD_BYTES + length;
  if (bytes.length < end)
    throw new EndOfBytes(
      "a message of SASL ends within its body",
      end - bytes.length,
    );
  return {
    message: { status, body: bytes.subarray(HEAD_BYTES, end) },
    rest: bytes.subarray(end),
  };
}
