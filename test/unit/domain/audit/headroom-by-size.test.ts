import { hoursBySize } from "../../../../domain/audit/headroom-by-size";

const GB = 1_000_000_000;
/** A log of a million messages of 500 bytes, with 10,000 more an hour; the last `unread` are not imported. */
const partition = (unread: bigint, perHour = 10_000) => ({
  bytes: GB / 2,
  logStart: 0n,
  logEnd: 1_000_000n,
  next: 1_000_000n - unread,
  perHour,
});

test("unread data is safe until as much has come as fits behind it", () => {
  // 100,000 unread messages are 50 MB; the other 950 MB fill in 190 hours of 5 MB each.
  expect(hoursBySize([partition(100_000n)], GB)).toEqual({
    hours: 190,
    retentionHours: 200,
  });
  expect(hoursBySize([partition(1_000_000n)], GB / 2).hours).toBe(0);
});

test("the partition with the least room counts", () => {
  expect(hoursBySize([partition(1n), partition(600_000n)], GB).hours).toBe(140);
});

test("where nothing is unread, nothing comes or nothing is there, nothing is about to be deleted", () => {
  expect(hoursBySize([partition(0n)], GB).hours).toBe(Infinity);
  expect(hoursBySize([partition(5n, 0)], GB).hours).toBe(Infinity);
  const empty = { ...partition(0n), logStart: 1_000_000n, bytes: 0 };
  expect(hoursBySize([empty], GB)).toEqual({
    hours: Infinity,
    retentionHours: Infinity,
  });
});
