import {
  canaryId,
  canaryOfStream,
} from "../../../../formats/events/canary-of-stream";
import { PAGE_CREATE } from "../../../fuzz/seeds/event-platform";
import { PLATFORM } from "../../../support/event-platform";

const TOPIC = "eqiad.mediawiki.page-create";
const HOUR = "2026-03-07T05";

test("a canary is the example with what is its own, and is read as any event of its stream", () => {
  const example = JSON.parse(PAGE_CREATE) as Record<string, unknown>;
  const canary = canaryOfStream(
    example,
    { identity: ["/meta/id"], time: ["/meta/dt"], stream: ["/meta/stream"] },
    { topic: TOPIC, schema: "mediawiki.page-create", hour: HOUR },
  );
  expect(canary).toEqual({
    ...example,
    meta: {
      ...(example["meta"] as object),
      id: canaryId(TOPIC, HOUR),
      dt: "2026-03-07T05:30:00Z",
      domain: "canary",
      stream: "mediawiki.page-create",
    },
  });
  expect(canary["$schema"]).toBe("/mediawiki/revision/create/1.1.0");
  expect(PLATFORM.read(JSON.stringify(canary))).toEqual({
    event: {
      uuid: canaryId(TOPIC, HOUR),
      schema: "mediawiki.page-create",
      ms: Date.parse("2026-03-07T05:30:00Z"),
    },
  });
});

test("a canary's identity is a UUID of its topic and hour, the same however often it is made", () => {
  const ids = [
    canaryId(TOPIC, HOUR),
    canaryId("codfw.mediawiki.page-create", HOUR),
    canaryId(TOPIC, "2026-03-07T06"),
  ];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids)
    expect(id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  expect(canaryId(TOPIC, HOUR)).toBe(ids[0]);
});
