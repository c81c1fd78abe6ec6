import { heartbeatText, mergeHeartbeats } from "../../../cli/saga-progress";

test("what shards report side by side is one sum", () => {
  const a = { progress: { landed: 2, of: 10, file: "a" }, attempt: 1 };
  const b = { progress: { landed: 3, of: 10, file: "b" }, attempt: 2 };
  expect(mergeHeartbeats(a, b)).toEqual({
    progress: { landed: 5, of: 20, file: "b" },
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
