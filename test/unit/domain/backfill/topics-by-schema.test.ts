import { heldAs } from "../../../../domain/backfill/topics-by-schema";
import { NAMING } from "../../../support/event-platform";

const stream = (topic: string) => ({ topic, schema: topic.slice(6) });

test("what a topic holds is noted under the one to which its stream's events would be replayed", () => {
  expect(
    Object.fromEntries(
      heldAs(
        [stream("eqiad.a"), stream("codfw.a"), stream("codfw.b")],
        ["codfw.a", "codfw.b", "eqiad.b", "eqiad.c", "other"],
        NAMING,
      ),
    ),
  ).toEqual({
    "codfw.a": "eqiad.a",
    "eqiad.a": "eqiad.a",
    "codfw.b": "codfw.b",
    // It is not searched, and holds events of the same stream.
    "eqiad.b": "codfw.b",
  });
});
