import { ReplayedEventMatcher } from "../../../../../activities/backfill/verify/replayed-event-matcher";
import type { EventCapsule } from "../../../../../formats/eventlogging/event-capsule";

const missing = (event: Partial<EventCapsule>) => ({
  event: event as EventCapsule,
  text: JSON.stringify(event),
});
const event = (dt: string, uuid: string) =>
  missing({ dt: `2018-07-05T${dt}:00Z`, uuid });

test("events are matched with the rows of their own hour, some hours at a time; those out of order are named at the end", async () => {
  const matcher = new ReplayedEventMatcher([
    [event("01:10", "a"), event("01:20", "gone"), event("02:30", "b")],
    [event("05:00", "c"), event("02:50", "late"), event("09:00", "unplanned")],
  ]);
  await matcher.match(
    new Map([
      ["2018-07-05T01", new Set(["a", "b"])],
      ["2018-07-05T02", new Set(["b", "late"])],
    ]),
  );
  await matcher.match(new Map([["2018-07-05T05", new Set(["c", "gone"])]]));
  const { found, unmatched } = await matcher.finish();
  expect(found).toBe(3);
  expect([...unmatched]).toEqual([
    ["2018-07-05T02", ["late"]],
    ["2018-07-05T09", ["unplanned"]],
  ]);
});

test("an event without a time belongs to no hour", async () => {
  const matcher = new ReplayedEventMatcher([
    [missing({ uuid: "timeless" }), event("01:10", "a")],
  ]);
  await matcher.match(new Map([["2018-07-05T01", new Set(["a", "timeless"])]]));
  const { found, unmatched } = await matcher.finish();
  expect(found).toBe(1);
  expect([...unmatched]).toEqual([["", ["timeless"]]]);
});

test("of a topic without planned hours, no event is matched", async () => {
  const matcher = new ReplayedEventMatcher([[event("01:10", "a")]]);
  await matcher.match(new Map());
  expect(await matcher.finish()).toEqual({
    found: 0,
    unmatched: new Map([["2018-07-05T01", ["a"]]]),
  });
});
