import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import {
  encodeRecordBatch,
  type OutgoingRecord,
} from "../../../../formats/kafka/record-batch";

type Decoded = {
  attributes: number;
  producerId: string;
  producerEpoch: number;
  firstSequence: number;
  lastOffsetDelta: number;
  maxTimestamp: string;
  records: {
    key: Buffer | null;
    value: Buffer;
    timestamp: string;
    offset: string;
    headers: Record<string, Buffer>;
  }[];
};

/** kafkajs' own decoder, which consumers use. */
const Decoder = jest.requireActual<new (bytes: Buffer) => unknown>(
  "kafkajs/src/protocol/decoder",
);
const decode = jest.requireActual<(decoder: unknown) => Promise<Decoded>>(
  "kafkajs/src/protocol/recordBatch/v0/decoder",
);
const checksum = jest.requireActual<(bytes: Buffer) => number>(
  "kafkajs/src/protocol/recordBatch/crc32C",
);

const PRODUCER = {
  producerId: 2n ** 60n + 7n,
  producerEpoch: 32_000,
  firstSequence: 2 ** 31 - 5,
};

const seen = (records: readonly OutgoingRecord[]) =>
  records.map(({ value, timestamp, headers }, i) => ({
    key: null,
    value,
    timestamp: String(timestamp),
    offset: String(i),
    headers,
  }));

async function read(bytes: Buffer) {
  const batch = await decode(new Decoder(bytes));
  return {
    ...batch,
    records: batch.records.map(
      ({ key, value, timestamp, offset, headers }) => ({
        key,
        value: value.toString("utf8"),
        timestamp,
        offset,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [name, String(text)]),
        ),
      }),
    ),
  };
}

const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.string({ minLength: 9000, maxLength: 20_000 }),
);
const records = fc.array(
  fc.record({
    value: text,
    // To the year 5000 and back: eventlogging's times jump.
    timestamp: fc.integer({ min: 0, max: 95_617_584_000_000 }),
    headers: fc.dictionary(
      // kafkajs reads headers into an object, which has names of its own already.
      fc.stringMatching(/^x-[a-z-]{1,20}$/),
      fc.string({ maxLength: 150 }),
      { maxKeys: 4 },
    ),
  }),
  { minLength: 1, maxLength: 200 },
);

test("what is encoded is what kafkajs reads, with a checksum that is right", async () => {
  await fc.assert(
    fc.asyncProperty(records, async (given) => {
      const bytes = await encodeRecordBatch(given, PRODUCER);
      const batch = await read(bytes);
      expect(batch.records).toEqual(seen(given));
      expect(batch).toMatchObject({
        producerId: String(PRODUCER.producerId),
        producerEpoch: PRODUCER.producerEpoch,
        firstSequence: PRODUCER.firstSequence,
        lastOffsetDelta: given.length - 1,
        maxTimestamp: String(
          Math.max(...given.map(({ timestamp }) => timestamp)),
        ),
        inTransaction: true,
      });
      expect(bytes.readInt32BE(8)).toBe(bytes.length - 12);
      expect(bytes.readUInt32BE(17)).toBe(checksum(bytes.subarray(21)) >>> 0);
    }),
    { numRuns: 60 },
  );
});

test("a compressed batch holds the same records", async () => {
  const given = Array.from({ length: 50 }, (_, i) => ({
    value: `{"n": ${i}, "text": "${"ä".repeat(i)}"}`,
    timestamp: 1_530_759_600_000 - i,
    headers: { uuid: String(i) },
  }));
  const gzip = { codec: 1, compress: async (raw: Buffer) => gzipSync(raw) };
  const plain = await encodeRecordBatch(given, PRODUCER);
  const packed = await encodeRecordBatch(given, PRODUCER, gzip);
  expect(packed.length).toBeLessThan(plain.length / 2);
  expect(gunzipSync(packed.subarray(61))).toEqual(plain.subarray(61));
  expect((await read(packed)).records).toEqual(seen(given));
  expect(packed.readUInt32BE(17)).toBe(checksum(packed.subarray(21)) >>> 0);
});
