import { mergeHeartbeats } from "../../../cli/saga-progress";

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
