import { assembleHours } from "../../../../../activities/audit/evidence/assemble-hours";
import { measured, unknowable } from "../../../../../domain/audit/evidence";
import type { JumpedOver } from "../../../../../domain/audit/jumps";
import type { Markers } from "../../../../../domain/audit/ledger";
import { HOUR, topic } from "../../../domain/audit/cases";
import { addHours } from "../../../../../lib/hour";

/** The hour's evidence, where Kafka has the offsets 90 to 100 of it and the importer stands at `stored`. */
const hourWith = (
  stored: string,
  markers: Markers[] = [],
  jumpedOver?: JumpedOver[],
) =>
  assembleHours(
    { since: HOUR, until: addHours(HOUR, 1) },
    {
      topic: topic({
        partitions: [
          {
            ...{ partition: 0, stored, logStart: "10", logEnd: "120" },
            ...(jumpedOver ? { jumpedOver } : {}),
          },
        ],
      }),
      produced: {
        read: true,
        value: new Map([
          [
            HOUR,
            {
              count: measured(10),
              start: new Map([[0, 90n]]),
              end: new Map([[0, 100n]]),
              isKept: true,
            },
          ],
        ]),
      },
      archived: () => unknowable("not asked"),
      files: { read: true, value: undefined },
      raw: new Map(),
      refined: {},
      partitions: { read: true, value: new Set() },
      canaries: undefined,
      markers,
    },
  )[0]!;

test("of an hour those offsets are unread that lie in it and before which the importer stands", () => {
  expect(hourWith("60").unreadOffsets).toBe(10);
  expect(hourWith("96").unreadOffsets).toBe(4);
  expect(hourWith("100")).not.toHaveProperty("unreadOffsets");
  expect(hourWith("100")).toMatchObject({ passed: true, kept: true });
});

test("an offset that a saga's transaction left empty is not unread", () => {
  const marker = { partition: 0, from: "99", to: "100", empty: 1 };
  expect(hourWith("99", [marker])).not.toHaveProperty("unreadOffsets");
  expect(hourWith("98", [marker]).unreadOffsets).toBe(1);
  expect(hourWith("99", [{ ...marker, partition: 1 }]).unreadOffsets).toBe(1);
});

test("what was jumped over is unread, and the importer has not passed it, though it stands behind it", () => {
  const jumped = [{ from: "95", to: "110" }];
  expect(hourWith("120", [], jumped)).toMatchObject({
    unreadOffsets: 5,
    jumpedOver: 5,
    kept: true,
  });
  expect(hourWith("120", [], jumped)).not.toHaveProperty("passed");
  const marker = { partition: 0, from: "99", to: "100", empty: 1 };
  expect(hourWith("120", [marker], jumped)).toMatchObject({ jumpedOver: 4 });
  const elsewhere = [{ from: "100", to: "110" }];
  expect(hourWith("120", [], elsewhere)).toMatchObject({ passed: true });
  expect(hourWith("120", [], elsewhere)).not.toHaveProperty("jumpedOver");
});
