import { nearNames } from "../../../../domain/settings/near-names";

const KNOWN = [
  "eventlogging_Edit",
  "eventlogging_EditAttemptStep",
  "eventlogging_Popups",
  "eventlogging_PopupsX",
];

test.each([
  ["eventlogging_Edt", ["eventlogging_Edit"]],
  ["eventlogging_edit", ["eventlogging_Edit"]],
  ["Edit", ["eventlogging_Edit"]],
  ["eventlogging_Popup", ["eventlogging_Popups", "eventlogging_PopupsX"]],
  ["webrequest", []],
])("for %s, %j may have been meant", (given, near) => {
  expect(nearNames(given, KNOWN)).toEqual(near);
});

test("no more than three are suggested", () => {
  const many = Array.from({ length: 9 }, (_, i) => `topic${i}`);
  expect(nearNames("topic", many)).toHaveLength(3);
});
