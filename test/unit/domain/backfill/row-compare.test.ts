import fc from "fast-check";
import { parse } from "lossless-json";
import {
  rowDifferences,
  sample,
} from "../../../../domain/backfill/row-compare";

/** An object as it comes out of its text, numbers as they are written. */
const written = (value: unknown) =>
  parse(JSON.stringify(value)) as Record<string, unknown>;

const SEQ_ID = 4711;
const EVENT = written({
  dt: "2018-06-26T18:00:01Z",
  event: { action: "init", editCount: 7, isAnon: false, note: null },
  ip: "81.2.69.142",
  seqId: SEQ_ID,
  uuid: "a".repeat(32),
  webHost: "en.wikipedia.org",
});
const ROW = {
  dt: "2018-06-26T18:00:01Z",
  event: { action: "init", editcount: 7n, isanon: false, note: undefined },
  geocoded_data: { country: "GB" },
  ip: "81.2.69.142",
  seqid: BigInt(SEQ_ID),
  uuid: "a".repeat(32),
  webhost: "en.wikipedia.org",
};

test("a row that Refine made of an event has all its fields", () => {
  expect(rowDifferences(EVENT, ROW)).toEqual([]);
});

test("what differs is named by its field, however deep", () => {
  expect(
    rowDifferences(EVENT, {
      ...ROW,
      webhost: "de.wikipedia.org",
      event: { ...ROW.event, editcount: 8n },
    }),
  ).toEqual(["event.editCount", "webHost"]);
  const { ip: _ip, ...without } = ROW;
  expect(rowDifferences(EVENT, without)).toEqual(["ip"]);
  expect(rowDifferences(EVENT, { ...ROW, event: null })).toEqual(["event"]);
});

test("numbers are compared as they are written, however large", () => {
  const event = parse(
    '{"userId": 9007199254740993, "span": -1234567890123456789, "ratio": 1.0, "huge": 1e400, "tags": [1, 9007199254740993], "mixed": 2}',
  ) as Record<string, unknown>;
  const row = {
    userid: 9007199254740993n,
    span: -1234567890123456789n,
    ratio: 1,
    huge: Infinity,
    tags: [1n, 9007199254740993n],
    mixed: "2",
  };
  expect(rowDifferences(event, row)).toEqual([]);
  expect(
    rowDifferences(event, {
      ...row,
      userid: 9007199254740992n,
      ratio: 1.5,
      tags: [1n, 9007199254740992n],
    }),
  ).toEqual(["userId", "ratio", "tags"]);
});

test("an empty event has no column, in either way that it arrives", () => {
  expect(rowDifferences({ event: [] }, {})).toEqual([]);
  expect(rowDifferences({ event: {} }, {})).toEqual([]);
});

test("a sample is the same for the same names, whatever their order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 10 }),
      (names, count) => {
        const picked = sample(names, (n) => n, count);
        expect(picked).toHaveLength(Math.min(count, names.length));
        expect(new Set(sample([...names].reverse(), (n) => n, count))).toEqual(
          new Set(picked),
        );
      },
    ),
  );
});
