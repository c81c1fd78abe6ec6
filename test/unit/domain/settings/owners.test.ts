import { routingOf } from "../../../../domain/incidents/routing-of";
import { parseConfig } from "../../../../domain/settings/config";
import { ownerOf } from "../../../../domain/settings/sections/owners";
import { settings } from "../../../support/settings";

const ALERTS = {
  webhook: "http://127.0.0.1/hook",
  slack: { editors: { url: { variable: "TEST_SLACK" } } },
};
const EDITORS = {
  name: "editors",
  topics: "edit.*",
  receivers: ["slack.editors"],
};
const read = (owners: unknown[], alerts: object = {}) =>
  parseConfig(settings({ owners, alerts: { ...ALERTS, ...alerts } }));

test("the first owner whose pattern matches a whole topic owns it", () => {
  const { owners } = read([
    EDITORS,
    { name: "all", topics: "edits|views", receivers: ["webhook"] },
  ]);
  expect(ownerOf("edits", owners)).toBe("editors");
  expect(ownerOf("views", owners)).toBe("all");
  expect(ownerOf("my_edits", owners)).toBeUndefined();
});

test("of what nobody owns all receivers hear, or those that are named", () => {
  expect(routingOf(read([]))).toEqual({
    receivers: { webhook: {}, "slack.editors": {} },
    owners: {},
    others: ["webhook", "slack.editors"],
  });
  expect(
    routingOf(read([EDITORS], { defaultReceivers: ["webhook"] })),
  ).toMatchObject({
    owners: { editors: ["slack.editors"] },
    others: ["webhook"],
  });
});

test.each([
  [
    "an owner's receiver that is none",
    [{ ...EDITORS, receivers: ["webhook", "slack.editor"] }],
    {},
    'owners.0.receivers.1: given "slack.editor", configured are webhook, slack.editors',
  ],
  [
    "a default receiver that is none",
    [],
    { defaultReceivers: ["smtp"] },
    'alerts.defaultReceivers.0: given "smtp", configured are webhook, slack.editors',
  ],
  [
    "an owner twice",
    [EDITORS, { ...EDITORS, topics: "views" }],
    {},
    'owners.1.name: given "editors" twice',
  ],
  [
    "a pattern that is none",
    [{ ...EDITORS, topics: "(" }],
    {},
    'owners.0.topics: given "("',
  ],
  [
    "an owner whom nothing tells",
    [{ ...EDITORS, receivers: [] }],
    {},
    "owners.0.receivers: ",
  ],
  [
    "a name of two lines",
    [{ ...EDITORS, name: "a\nb" }],
    {},
    "owners.0.name: a name of 1 to 100 characters, in one line",
  ],
])("%s is refused with its field", (_, owners, alerts, fault) => {
  expect(() => read(owners, alerts)).toThrow(fault);
});
