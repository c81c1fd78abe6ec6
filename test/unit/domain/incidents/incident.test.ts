import {
  closingMessage,
  type IncidentState,
  isRepairDue,
} from "../../../../domain/incidents/incident";
import { finding, incident } from "./incident-fixtures";

test("a closed incident tells how long each phase took", () => {
  const state = incident({
    cells: { "2018-07-05T01": "complete" },
    detectedAsOf: "2018-07-05T05:20:00Z",
    backfill: "backfill/x",
  });
  expect(closingMessage(state, "2018-07-05T05:50:00.000Z")).toBe(
    "1 hours from 2018-07-05T01 to 2018-07-05T01 are whole again; found 3 h after the first broken hour's end; whole 30 min after that, by backfill/x",
  );
});

test("an incident repairs itself only where its policy trusts it to: small, archived, and of a cause that a backfill mends", () => {
  const lost = finding("2018-06-26T18", {
    verdict: "lost-from-kafka",
    cause: "premature-deletion",
    numbers: { archived: 5, missing: 5 },
  });
  const repair = {
    start: true,
    autoApprove: false,
    maxHours: 2,
    maxMissing: 10,
  };
  const isDue = (over: Partial<IncidentState>) =>
    isRepairDue(incident({ findings: [lost], repair, ...over }));
  expect(isDue({})).toBe(true);
  expect(isDue({ repair: { ...repair, start: false } })).toBe(false);
  expect(isDue({ findings: [] })).toBe(false);
  expect(isDue({ findings: [lost, lost, lost] })).toBe(false);
  expect(isDue({ findings: [{ ...lost, missing: 11 }] })).toBe(false);
  expect(isDue({ findings: [{ ...lost, numbers: {} }] })).toBe(false);
  expect(isDue({ findings: [lost, finding("2018-06-26T19")] })).toBe(false);
  expect(isDue({ backfill: "backfill/x" })).toBe(false);
});
