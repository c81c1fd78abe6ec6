import { heartbeatText, mergeHeartbeats } from "../../../cli/saga-progress";

test("what shards report side by side is one sum", () => {
  const a = { progress: { landed: 2, of: 10, file: "a", secondsLeft: 60 }, attempt: 1 }; // prettier-ignore
  const b = { progress: { landed: 3, of: 10, file: "b", secondsLeft: 45 }, attempt: 2 }; // prettier-ignore
  expect(mergeHeartbeats(a, b)).toEqual({
    progress: { landed: 5, of: 20, file: "b", secondsLeft: 60 },
    attempt: 2,
  });
});

test("a shard that says nothing yet leaves what others have said", () => {
  const a = { progress: { landed: 2 } };
  expect(mergeHeartbeats(a, { attempt: 1 })).toEqual({
    progress: { landed: 2 },
    attempt: 1,
  });
  expect(mergeHeartbeats(undefined, a)).toEqual(a);
});

test("of bytes that are read, how many, how fast and how long still is told in words", () => {
  const mb = (n: number) => n * 2 ** 20;
  const progress = { bytes: mb(600), ofBytes: mb(2048), perSecond: mb(300), secondsLeft: 5 }; // prettier-ignore
  expect(heartbeatText({ progress })).toContain(
    "600 of 2048 MB, 300 MB a second, about 5 s left, {",
  );
  expect(heartbeatText({ progress: { landed: 1 } })).toBe(
    '{"progress":{"landed":1}}',
  );
});

test("of events that are replayed, how many, how fast and how long still is told in words", () => {
  const progress = { replayed: 50_000, total: 2_000_000, bytes: 40e6, perSecond: 499.6, bytesPerSecond: 5e5, secondsLeft: 3900 }; // prettier-ignore
  expect(heartbeatText({ progress })).toContain(
    "50000 of 2000000 events, 40 MB by this attempt, 500 events and 0.5 MB a second, about 65 min 00 s left, {",
  );
  expect(
    heartbeatText({ progress: { replayed: 0, total: 7, bytes: 0 } }),
  ).toContain("0 of 7 events, 0 MB by this attempt, {");
});
