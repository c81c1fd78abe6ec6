import {
  namesOf,
  POINTER,
  valueAt,
  withValueAt,
} from "../../../../formats/events/json-pointer";

test.each([
  ["/meta/id", ["meta", "id"]],
  ["/uuid", ["uuid"]],
  ["/$schema", ["$schema"]],
  ["/a~1b/m~0n", ["a/b", "m~n"]],
  // Replaced in this order, or it would be a slash (RFC 6901, section 4).
  ["/~01", ["~1"]],
])("%s leads over its names", (pointer, names) => {
  expect(POINTER.test(pointer)).toBe(true);
  expect(namesOf(pointer)).toEqual(names);
});

test.each([
  "",
  "meta",
  "meta.id",
  "/",
  "/meta/",
  "//id",
  "/a~b",
  "/a~2",
  "#/a",
])("%j is no pointer to a field", (text) => {
  expect(POINTER.test(text)).toBe(false);
});

test("a value is found through objects, and not through lists, texts or what every object inherits", () => {
  const event = {
    meta: { id: "a", none: null },
    list: [{ id: "b" }],
    text: "c",
  };
  expect(valueAt(event, ["meta", "id"])).toBe("a");
  expect(valueAt(event, ["meta", "none"])).toBeNull();
  for (const names of [
    ["meta", "none", "id"],
    ["list", "0", "id"],
    ["text", "length"],
    ["meta", "constructor", "name"],
    ["toString"],
  ])
    expect(valueAt(event, names)).toBeUndefined();
});

test("a copy has another value, and the object stays as it is", () => {
  const event = { meta: { id: "a", dt: "d" }, more: 1 };
  expect(withValueAt(event, ["meta", "id"], "b")).toEqual({
    meta: { id: "b", dt: "d" },
    more: 1,
  });
  expect(withValueAt(event, ["new", "deep"], "x")).toEqual({
    ...event,
    new: { deep: "x" },
  });
  expect(event.meta.id).toBe("a");
  const odd = withValueAt({}, ["__proto__", "id"], "x");
  expect(JSON.stringify(odd)).toBe('{"__proto__":{"id":"x"}}');
  expect(({} as { id?: string }).id).toBeUndefined();
});
