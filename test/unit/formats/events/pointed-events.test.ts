import { PLATFORM } from "../../../support/event-platform";
import { PAGE_CREATE, pageCreate } from "../../../fuzz/seeds/event-platform";
import { pointedEvents } from "../../../../formats/events/pointed-events";

const ID = "3F2504E0-4f89-41d3-9a0c-0305e82c3301";

test("an event is known by the text at its pointers: dashes and case are kept", () => {
  expect(PLATFORM.read(PAGE_CREATE)).toEqual({
    event: {
      uuid: ID,
      schema: "mediawiki.page-create",
      ms: Date.parse("2026-03-07T05:10:11.123Z"),
    },
  });
  expect(PLATFORM.idOf(PAGE_CREATE)).toBe(ID);
});

test.each([
  ["2026-03-07T05:10:11Z", "2026-03-07T05:10:11Z"],
  ["2026-03-07T07:10:11.5+02:00", "2026-03-07T05:10:11.500Z"],
  ["2026-03-07T05:10:11.123456789Z", "2026-03-07T05:10:11.123Z"],
])("a time of %s is read", (dt, wanted) => {
  expect(PLATFORM.identified(JSON.parse(pageCreate(ID, dt)))).toEqual({
    uuid: ID,
    ms: Date.parse(wanted),
  });
});

test("numbers are seconds or milliseconds by their size", () => {
  const at = Date.parse("2026-03-07T05:10:11Z");
  for (const dt of [at, at / 1000])
    expect(PLATFORM.identified({ meta: { id: ID, dt } })?.ms).toBe(at);
});

test("of several pointers the first that leads to one counts", () => {
  const both = pointedEvents({
    identity: ["/meta/id", "/uuid"],
    time: ["/meta/dt", "/dt"],
    stream: ["/meta/stream", "/schema"],
    ip: [],
  });
  const legacy =
    '{"uuid":"u1","dt":"2026-03-07T05:10:11Z","schema":"Edit","meta":{"id":null,"dt":"soon"}}';
  expect(both.read(legacy)).toEqual({
    event: {
      uuid: "u1",
      schema: "Edit",
      ms: Date.parse("2026-03-07T05:10:11Z"),
    },
  });
  expect(both.read(PAGE_CREATE)).toMatchObject({ event: { uuid: ID } });
  expect(both.columns.uuid).toEqual([["meta", "id"], ["uuid"]]);
});

test.each([
  ["{}", "it has no identity at /meta/id"],
  ['{"meta":{"id":7}}', "it has no identity at /meta/id"],
  ['{"meta":{"id":""}}', "it has no identity at /meta/id"],
  // Fields of the search's lines are separated by tabs.
  [String.raw`{"meta":{"id":"a\tb"}}`, "it has no identity at /meta/id"],
  [String.raw`{"meta":{"id":"\ud800"}}`, "it has no identity at /meta/id"],
  ['{"id":"a","uuid":"b"}', "it has no identity at /meta/id"],
])("%s is an event that is not known", (line, error) => {
  const read = PLATFORM.read(line);
  expect(read).toMatchObject({ isEvent: true });
  expect("error" in read && read.error).toContain(error);
  expect(PLATFORM.idOf(line)).toBeUndefined();
});

test.each(['{"meta":{"id":"a"', "", "[1]", "null", '"text"'])(
  "%j is none at all",
  (line) => {
    const read = PLATFORM.read(line);
    expect("error" in read && !read.isEvent).toBe(true);
  },
);

test("an event without a time is known, and why it has none; no value of it is told", () => {
  expect(PLATFORM.read('{"meta":{"id":"a"}}')).toEqual({
    event: { uuid: "a", schema: "", timeProblem: "it has nothing at /meta/dt" },
  });
  const read = PLATFORM.read('{"meta":{"id":"a","dt":"secret"}}');
  expect(JSON.stringify(read)).toContain("it has no time at /meta/dt");
  expect(JSON.stringify(read)).not.toContain("secret");
});
