import fc from "fast-check";
import {
  rowDifferences,
  sample,
} from "../../../../domain/backfill/row-compare";

const EVENT = {
  dt: "2018-06-26T18:00:01Z",
  event: { action: "init", editCount: 7, isAnon: false, note: null },
  ip: "81.2.69.142",
  seqId: 4711,
  uuid: "a".repeat(32),
  webHost: "en.wikipedia.org",
};
const ROW = {
  dt: "2018-06-26T18:00:01Z",
  event: { action: "init", editcount: 7n, isanon: false, note: undefined },
  geocoded_data: { country: "GB" },
  ip: "81.2.69.142",
  seqid: BigInt(EVENT.seqId),
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
  ).toEqual([
    "event.editCount is 8, the event's is 7",
    "webHost is de.wikipedia.org, the event's is en.wikipedia.org",
  ]);
  const { ip: _ip, ...without } = ROW;
  expect(rowDifferences(EVENT, without)).toEqual([
    "ip is null, the event's is 81.2.69.142",
  ]);
  expect(rowDifferences(EVENT, { ...ROW, event: null })).toEqual([
    "event is null",
  ]);
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
