import type { IncidentState } from "../../../../domain/incidents/incident";
import {
  afterAlert,
  alertDue,
  headroomEndDue,
  wholeItem,
} from "../../../../domain/incidents/incident-alerts";
import { finding, incident, LOW, NOW } from "./incident-fixtures";

const kind = (state: IncidentState) => alertDue(state, NOW)?.kind;
/** The incident after people were alerted of what is due now. */
const alerted = (state: IncidentState) =>
  afterAlert(state, alertDue(state, NOW)!);

test("people are alerted once, and again only when it gets worse", () => {
  expect(kind(incident())).toBe("broken");
  const after = alerted(incident());
  expect(kind(after)).toBeUndefined();
  const higher = {
    ...after,
    findings: [finding("2018-07-05T01", { level: "error" })],
  };
  expect(kind(higher)).toBe("escalated");
  const otherCause = {
    ...after,
    findings: [finding("2018-07-05T01", { cause: "importer-errors" })],
  };
  expect(kind(otherCause)).toBe("escalated");
  const acknowledged = { by: "otto", at: NOW };
  expect(kind({ ...otherCause, acknowledged })).toBeUndefined();
  expect(kind({ ...higher, acknowledged })).toBe("escalated");
});

test("a snoozed incident says nothing until the time is over", () => {
  const snoozed = incident({ snoozedUntil: "2018-07-05T08:00:00.000Z" });
  expect(alertDue(snoozed, NOW)).toBeUndefined();
  expect(alertDue(snoozed, "2018-07-05T08:00:01.000Z")?.kind).toBe("broken");
});

test("low headroom alone is an alert of its own", () => {
  const low = incident({ findings: [], headroom: LOW });
  expect(alertDue(low, NOW)).toMatchObject({
    kind: "headroom",
    cause: "retention-too-short",
    text: LOW.why,
  });
  expect(kind(alerted(low))).toBeUndefined();
});

test("headroom that is sufficient again is reported once while hours are still broken, and low headroom after that again", () => {
  const low = alerted(incident({ findings: [], headroom: LOW }));
  expect(headroomEndDue(low, NOW)).toBeUndefined();
  const broken = alerted({ ...low, findings: [finding("2018-07-05T01")] });
  expect(headroomEndDue(broken, NOW)).toBeUndefined();

  const { headroom: _, ...enough } = broken;
  const end = headroomEndDue(enough, NOW);
  expect(end).toMatchObject({
    kind: "sufficient",
    subject: "eventlogging_Edit",
  });
  const after = afterAlert(enough, end!);
  expect(headroomEndDue(after, NOW)).toBeUndefined();
  expect(kind(after)).toBeUndefined();

  const lowAgain = { ...after, headroom: LOW };
  expect(kind(lowAgain)).toBe("headroom");
  // Somebody who acknowledged the broken hours has not heard of this one.
  const acknowledged = { by: "otto", at: NOW };
  expect(kind({ ...lowAgain, acknowledged })).toBe("headroom");
  expect(kind(alerted(lowAgain))).toBeUndefined();
});

test("the end of low headroom waits for a snooze to be over, and is none of an incident that closes", () => {
  const told = {
    level: "warning",
    hours: 0,
    missing: 0,
    causes: [],
    headroom: true,
  } as const;
  const state = incident({ told: { ...told, causes: [] } });
  expect(headroomEndDue(state, NOW)?.kind).toBe("sufficient");
  const snoozedUntil = "2018-07-05T08:00:00.000Z";
  expect(headroomEndDue({ ...state, snoozedUntil }, NOW)).toBeUndefined();
  expect(headroomEndDue({ ...state, findings: [] }, NOW)).toBeUndefined();
});

test("nothing is known of headroom alerts of an incident of an earlier version: only its close ends them", () => {
  const told = { level: "warning", hours: 0, missing: 0, causes: [] } as const;
  const state = incident({ told: { ...told, causes: [] } });
  expect(headroomEndDue(state, NOW)).toBeUndefined();
  expect(wholeItem(state, "whole")?.kind).toBe("whole");
});

test("nobody hears of the end of what nobody heard of", () => {
  expect(wholeItem(incident(), "whole")).toBeUndefined();
});
