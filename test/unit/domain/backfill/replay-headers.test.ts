import {
  replayedEvent,
  replayHeaders,
} from "../../../../domain/backfill/replay-headers";

test("a saga knows its own replayed messages again, and no other saga's", () => {
  const headers = replayHeaders("backfill/july-5", 7, "a".repeat(32));
  expect(headers).toEqual({
    "backfill-id": "backfill/july-5",
    "backfill-place": "7",
    uuid: "a".repeat(32),
  });
  expect(replayedEvent(headers, "backfill/july-5")).toEqual({
    index: 7,
    uuid: "a".repeat(32),
  });
  expect(replayedEvent(headers, "backfill/august")).toBeUndefined();
  expect(replayedEvent({}, "backfill/july-5")).toBeUndefined();
});

test("a message of version 0.1.0 has no index", () => {
  expect(replayedEvent({ "backfill-id": "x", uuid: "b" }, "x")).toEqual({
    index: undefined,
    uuid: "b",
  });
});
