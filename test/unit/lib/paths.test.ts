import { isBelow } from "../../../lib/paths";

test("a path is below a folder by whole names, with or without the folder's last slash", () => {
  expect(isBelow("/wmf/data/event/Edit", "/wmf/data/event")).toBe(true);
  expect(isBelow("/wmf/data/event/Edit", "/wmf/data/event/")).toBe(true);
  expect(isBelow("/wmf/data/events/Edit", "/wmf/data/event")).toBe(false);
  expect(isBelow("/tmp", "/")).toBe(true);
});

test("a folder is not below itself, and a path that climbs is below nothing", () => {
  expect(isBelow("/wmf/data/event", "/wmf/data/event")).toBe(false);
  expect(isBelow("/wmf/data/event/../../tmp", "/wmf/data/event")).toBe(false);
});
