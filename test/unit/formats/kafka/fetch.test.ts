import { gunzipSync, gzipSync } from "node:zlib";
import {
  decodeFetchResponse,
  encodeFetchRequest,
  type Fetched,
  readHeaders,
} from "../../../../formats/kafka/fetch";
import { FormatError } from "../../../../formats/format-error";
import { encodeRecordBatch } from "../../../../formats/kafka/record-batch";

type Kind = {
  producerId?: bigint;
  base: number;
  count?: number;
  control?: "abort" | "commit";
  gzip?: boolean;
  plain?: boolean;
};

const GZIP = { codec: 1, compress: async (raw: Buffer) => gzipSync(raw) };
const unzip = async (_codec: number, bytes: Buffer) => gunzipSync(bytes);

/** A batch as it lies in a log, from its base offset on. */
async function batch({
  producerId = 1n,
  base,
  count = 1,
  control,
  gzip = false,
  plain = false,
}: Kind): Promise<Buffer> {
  const records = Array.from({ length: count }, (_, i) => ({
    value: "{}",
    timestamp: 1_530_759_600_000 - i,
    headers: { uuid: `${base + i}`, "backfill-id": "ä" },
  }));
  const producer = { producerId, producerEpoch: 0, firstSequence: 0 };
  let bytes = await encodeRecordBatch(
    records,
    producer,
    gzip ? GZIP : undefined,
  );
  if (control !== undefined) {
    const type = control === "abort" ? 0 : 1;
    // length 16, attributes, time, offset, a key of 4, a value of 6, no headers
    const record = [32, 0, 0, 0, 8, 0, 0, 0, type, 12, 0, 0, 0, 0, 0, 0, 0];
    bytes = Buffer.concat([bytes.subarray(0, 61), Buffer.from(record)]);
    bytes.writeInt32BE(bytes.length - 12, 8);
    bytes.writeInt16BE(0x30, 21);
  }
  if (plain) bytes.writeInt16BE(bytes.readInt16BE(21) & ~0x10, 21);
  bytes.writeBigInt64BE(BigInt(base), 0);
  return bytes;
}

async function offsetsIn(
  kinds: Kind[],
  aborted: Fetched["aborted"] = [],
  from = 0n,
  cut = 0,
) {
  const all = Buffer.concat(await Promise.all(kinds.map(batch)));
  const records = all.subarray(0, all.length - cut);
  const found: string[] = [];
  const next = await readHeaders(
    { records, aborted },
    from,
    unzip,
    (offset, headers) => {
      expect(headers).toEqual({ uuid: String(offset), "backfill-id": "ä" });
      found.push(String(offset));
    },
  );
  return { found, next };
}

test("records of committed transactions and those without one are handed out, compressed ones, too", async () => {
  expect(
    await offsetsIn([
      { base: 0, count: 2 },
      { base: 2, control: "commit" },
      { base: 3, plain: true, producerId: -1n },
      { base: 4, count: 3, gzip: true },
      { base: 7, control: "commit" },
    ]),
  ).toEqual({ found: ["0", "1", "3", "4", "5", "6"], next: 8n });
});

test("what was aborted is handed out by nobody's mistake: not the aborted producer's records, and the others'", async () => {
  const aborted = [
    { producerId: 2n, firstOffset: 9n },
    { producerId: 1n, firstOffset: 0n },
  ];
  expect(
    await offsetsIn(
      [
        { base: 0, count: 2, producerId: 1n },
        { base: 2, count: 1, producerId: 2n },
        { base: 3, producerId: 1n, control: "abort" },
        // The same producer again: this transaction is committed.
        { base: 4, count: 1, producerId: 1n },
        { base: 5, producerId: 2n, control: "commit" },
        { base: 6, producerId: 1n, control: "commit" },
        { base: 7, count: 1, producerId: 2n, plain: true },
        { base: 8, count: 1, producerId: 1n },
        { base: 9, count: 2, producerId: 2n, gzip: true },
        { base: 11, producerId: 1n, control: "commit" },
      ],
      aborted,
    ),
  ).toEqual({ found: ["2", "4", "7", "8"], next: 12n });
});

test("a batch that begins before the offset that was asked for gives the rest of it", async () => {
  expect(await offsetsIn([{ base: 5, count: 4 }], [], 7n)).toEqual({
    found: ["7", "8"],
    next: 9n,
  });
});

test("a batch that is cut off is left to the next answer", async () => {
  for (const cut of [1, 40, 70])
    expect(
      await offsetsIn(
        [
          { base: 0, count: 1 },
          { base: 1, count: 1 },
        ],
        [],
        0n,
        cut,
      ),
    ).toEqual({ found: ["0"], next: 1n });
  expect(await offsetsIn([], [], 4n)).toEqual({ found: [], next: 4n });
});

test("batches of another version, and records that end elsewhere, are none", async () => {
  const read = (records: Buffer) =>
    readHeaders({ records, aborted: [] }, 0n, unzip, () => undefined);
  const old = await batch({ base: 0 });
  old[16] = 1;
  await expect(read(old)).rejects.toThrow(FormatError);
  const longer = await batch({ base: 0 });
  longer[61] = 2;
  await expect(read(longer)).rejects.toThrow(FormatError);
});

test("a request and an answer are laid out as the protocol guide says", () => {
  expect(
    encodeFetchRequest(
      new Map([["Edit", [{ partition: 3, offset: 2n ** 40n }]]]),
      { maxWaitMs: 100, maxBytes: 5, partitionMaxBytes: 6 },
    ).toString("hex"),
  ).toBe(
    [
      "ffffffff" + "00000064" + "00000001" + "00000005" + "01",
      "00000001" + "0004" + "45646974",
      "00000001" + "00000003" + "0000010000000000" + "00000006",
    ].join(""),
  );
  const answer = Buffer.from(
    [
      "00000000" + "00000001" + "0004" + "45646974" + "00000002",
      "00000003" + "0000" + "0".repeat(32),
      "00000001" + "0000000000000007" + "0000000000000009",
      "00000002" + "abcd",
      "00000004" + "0006" + "f".repeat(32) + "ffffffff" + "ffffffff",
    ].join(""),
    "hex",
  );
  expect(decodeFetchResponse(answer)).toEqual([
    {
      topic: "Edit",
      partition: 3,
      errorCode: 0,
      aborted: [{ producerId: 7n, firstOffset: 9n }],
      records: Buffer.from("abcd", "hex"),
    },
    {
      topic: "Edit",
      partition: 4,
      errorCode: 6,
      aborted: [],
      records: Buffer.alloc(0),
    },
  ]);
  for (let length = 0; length < answer.length; length++)
    expect(() => decodeFetchResponse(answer.subarray(0, length))).toThrow(
      FormatError,
    );
});
