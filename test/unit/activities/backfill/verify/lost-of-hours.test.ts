import { LostOfHours } from "../../../../../activities/backfill/verify/lost-of-hours";
import type { EventCapsule } from "../../../../../formats/eventlogging/event-capsule";

const event = (dt: string, uuid: string) =>
  ({ dt: `2018-07-05T${dt}:00Z`, uuid }) as EventCapsule;

test("events are looked for in their own hour, some hours at a time; what is out of order is told at the end", async () => {
  const lost = new LostOfHours([
    [event("01:10", "a"), event("01:20", "gone"), event("02:30", "b")],
    [event("05:00", "c"), event("02:50", "late"), event("09:00", "unplanned")],
  ]);
  await lost.match(
    new Map([
      ["2018-07-05T01", new Set(["a", "b"])],
      ["2018-07-05T02", new Set(["b", "late"])],
    ]),
  );
  await lost.match(new Map([["2018-07-05T05", new Set(["c", "gone"])]]));
  const { found, left } = await lost.rest();
  expect(found).toBe(3);
  expect([...left]).toEqual([
    ["2018-07-05T02", ["late"]],
    ["2018-07-05T09", ["unplanned"]],
  ]);
});
