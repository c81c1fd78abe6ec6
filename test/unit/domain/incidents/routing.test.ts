import type { AlertItem } from "../../../../domain/incidents/alert";
import { newDesk } from "../../../../domain/incidents/desk";
import {
  routeAlerts,
  type Routing,
} from "../../../../domain/incidents/routing";
import { item, NOW } from "./incident-fixtures";

const WHOLE = item({ kind: "whole", level: "warning" });

/** Where nobody owns anything. */
const toAll = (receivers: Routing["receivers"]): Routing => ({
  receivers,
  owners: {},
  others: Object.keys(receivers),
});

/** Everybody hears of everything, but the pager of errors only. */
const ROUTING = toAll({ webhook: {}, pager: { minimumSeverity: "error" } });

/** A desk, and who hears of what it is handed: kind and subjects with the receivers. */
function desk(routing = ROUTING) {
  const state = newDesk();
  const hear = (items: AlertItem[], by: Routing = routing) =>
    routeAlerts(state, items, by, NOW).map(
      ({ alert, to }) =>
        `${alert.kind} ${alert.topics.join("+")}: ${to.join(", ")}`,
    );
  return { state, hear };
}

test("where no receiver says anything else, each alert goes to all of them, as one", () => {
  const { hear } = desk(toAll({ webhook: {}, smtp: {} }));
  expect(hear([item(), item({ subject: "views", level: "warning" })])).toEqual([
    "broken edits+views: webhook, smtp",
  ]);
  expect(hear([WHOLE, item({ kind: "whole", subject: "views" })])).toEqual([
    "whole edits+views: webhook, smtp",
  ]);
});

test("a receiver hears of nothing that is less urgent than it wants, and of no end of that", () => {
  const { hear } = desk();
  expect(hear([item({ level: "warning" })])).toEqual(["broken edits: webhook"]);
  expect(hear([WHOLE])).toEqual(["whole edits: webhook"]);
});

test("the end of what a receiver was told goes there, though it is less urgent than it wants", () => {
  const { hear } = desk();
  expect(hear([item()])).toEqual(["broken edits: webhook, pager"]);
  expect(hear([WHOLE])).toEqual(["whole edits: webhook, pager"]);
});

test("what got worse goes to one who did not hear that it began, and so does its end", () => {
  const { hear } = desk();
  hear([item({ level: "warning" })]);
  expect(hear([item({ kind: "escalated" })])).toEqual([
    "escalated edits: webhook, pager",
  ]);
  expect(hear([WHOLE])).toEqual(["whole edits: webhook, pager"]);
});

test("topics of which not the same receivers were told end in alerts apart", () => {
  const { hear } = desk();
  hear([item(), item({ subject: "views", level: "warning" })]);
  expect(hear([WHOLE, item({ kind: "whole", subject: "views" })])).toEqual([
    "whole edits: webhook, pager",
    "whole views: webhook",
  ]);
});

test("whoever was told hears of the end though the configuration would not tell it now, but not once it is gone", () => {
  const { hear } = desk();
  hear([item({ severity: "error" }), item({ subject: "views" })]);
  const stricter = toAll({
    webhook: {},
    pager: { minimumSeverity: "critical" },
  });
  expect(hear([WHOLE], stricter)).toEqual(["whole edits: webhook, pager"]);
  expect(
    hear(
      [item({ kind: "whole", subject: "views" })],
      toAll({ pager: {}, other: {} }),
    ),
  ).toEqual(["whole views: pager"]);
});

test("what nobody was told of ends for nobody", () => {
  const { hear } = desk(toAll({ pager: { minimumSeverity: "error" } }));
  expect(hear([item({ level: "warning" })])).toEqual(["broken edits: "]);
  expect(hear([WHOLE])).toEqual(["whole edits: "]);
});

test("what began before it was noted who was told ends for everybody", () => {
  expect(desk().hear([WHOLE])).toEqual(["whole edits: webhook, pager"]);
});

test("sufficient headroom ends its own alert, and leaves who was told that the topic is broken", () => {
  const { hear } = desk();
  hear([item(), item({ kind: "headroom", level: "warning" })]);
  expect(hear([item({ kind: "sufficient" })])).toEqual([
    "sufficient edits: webhook",
  ]);
  expect(hear([WHOLE])).toEqual(["whole edits: webhook, pager"]);
});

test("an outage and its end are routed as a topic's alerts are", () => {
  const { hear } = desk();
  const hdfs = { subject: "HDFS", cause: "outage" };
  expect(hear([item({ ...hdfs, kind: "outage" })])).toEqual([
    "outage HDFS: webhook, pager",
  ]);
  expect(hear([item({ ...hdfs, kind: "back" })])).toEqual([
    "back HDFS: webhook, pager",
  ]);
});

test("nothing is noted any more of what is over, nor of canaries, which nothing ends", () => {
  const { state, hear } = desk();
  hear([item(), item({ kind: "canary" })]);
  expect(Object.keys(state.told!)).toEqual(["SisyphusTopicBroken edits"]);
  hear([WHOLE]);
  expect(state.told).toEqual({});
});

test("an alert for nobody is among the newest all the same", () => {
  const { state, hear } = desk(toAll({}));
  expect(hear([item()])).toEqual(["broken edits: "]);
  expect(state.recent).toHaveLength(1);
});

/** The pager belongs to those who own edits; everything else is the webhook's. */
const OWNED: Routing = {
  receivers: { webhook: {}, pager: {}, smtp: {} },
  owners: { editors: ["pager", "smtp"] },
  others: ["webhook"],
};
const OWNS = { owner: "editors" };

test("an owner's receivers hear of the owner's topics, and the others of everything else", () => {
  const { hear } = desk(OWNED);
  expect(
    hear([
      item(OWNS),
      item({ subject: "views" }),
      item({ subject: "HDFS", kind: "outage" }),
    ]),
  ).toEqual([
    "broken edits: pager, smtp",
    "broken views: webhook",
    "outage HDFS: webhook",
  ]);
});

test("the end goes to those who were told, though somebody else owns the topic meanwhile", () => {
  const { hear } = desk(OWNED);
  hear([item(OWNS)]);
  const other = { ...OWNED, owners: { viewers: ["webhook"] } };
  expect(hear([{ ...WHOLE, owner: "viewers" }], other)).toEqual([
    "whole edits: pager, smtp",
  ]);
});

test("the end of what began before it was noted who was told goes to the owner's receivers", () => {
  expect(desk(OWNED).hear([{ ...WHOLE, ...OWNS }])).toEqual([
    "whole edits: pager, smtp",
  ]);
});

test("an owner that is configured no more, or has a name as objects have, leaves topics that nobody owns", () => {
  for (const owner of ["gone", "constructor"])
    expect(desk(OWNED).hear([item({ owner })])).toEqual([
      "broken edits: webhook",
    ]);
});

test("an owner's receiver hears of nothing that is less urgent than it wants", () => {
  const { hear } = desk({
    ...OWNED,
    receivers: { ...OWNED.receivers, pager: { minimumSeverity: "critical" } },
  });
  expect(hear([item(OWNS)])).toEqual(["broken edits: smtp"]);
});
