import { isOver } from "../../../../domain/incidents/incident";
import {
  closed,
  newIncident,
  repairInput,
  withClosing,
  withFindings,
  withHeadroom,
  withSnooze,
  withStory,
} from "../../../../domain/incidents/incident-changes";
import { incidentMarkdown } from "../../../../reports/incident";
import { finding, incident, LOW, NOW } from "./incident-fixtures";

const AS_OF = "2018-07-05T05:20:00Z";

test("an hour that was broken stays in the grid, complete, once an audit no longer finds it", () => {
  const broken = withFindings(
    newIncident("eventlogging_Edit", NOW),
    {
      findings: [finding("2018-07-05T01"), finding("2018-07-05T02")],
      asOf: AS_OF,
    },
    NOW,
  );
  const later = withFindings(
    broken,
    { findings: [finding("2018-07-05T02")], asOf: "2018-07-05T06:20:00Z" },
    NOW,
  );
  expect(later.cells).toEqual({
    "2018-07-05T01": "complete",
    "2018-07-05T02": "import-missing",
  });
  expect(later.detectedAsOf).toBe(AS_OF);
  expect(later.story).toEqual([
    `${NOW} 2 hours are broken`,
    `${NOW} 1 hours are broken`,
  ]);
});

test.each(["pending", "unknowable"] as const)(
  "an hour that was broken and is %s only is not complete, and the incident stays open until it is",
  (verdict) => {
    const hour = "2018-07-05T01";
    const broken = withFindings(
      newIncident("eventlogging_Edit", NOW),
      { findings: [finding(hour)], asOf: AS_OF },
      NOW,
    );
    const unsettled = { [hour]: verdict, "2018-07-05T04": verdict };
    const after = withFindings(
      broken,
      { findings: [], unsettled, asOf: AS_OF },
      NOW,
    );
    // An hour that was never broken is none of the incident's.
    expect(after.cells).toEqual({ [hour]: verdict });
    expect(isOver(after)).toBe(false);
    expect(after.story.at(-1)).toBe(
      `${NOW} 0 hours are broken, and 1 are pending or unknowable`,
    );
    const whole = withFindings(
      after,
      { findings: [], unsettled: {}, asOf: "2018-07-05T06:20:00Z" },
      NOW,
    );
    expect(whole.cells).toEqual({ [hour]: "complete" });
    expect(isOver(whole)).toBe(true);
  },
);

test("an audit of other hours, by hand or of a later look-back, says nothing of an incident's own", () => {
  const hour = "2018-07-05T01";
  const broken = withFindings(
    newIncident("eventlogging_Edit", NOW),
    { findings: [finding(hour)], asOf: AS_OF },
    NOW,
  );
  const later = { since: "2018-07-05T02", until: "2018-07-05T06" };
  const after = withFindings(
    broken,
    { findings: [finding("2018-07-05T04")], range: later, asOf: AS_OF },
    NOW,
  );
  expect(after.findings.map((each) => each.hour)).toEqual([
    hour,
    "2018-07-05T04",
  ]);
  const mended = withFindings(
    after,
    { findings: [], unsettled: {}, range: later, asOf: AS_OF },
    NOW,
  );
  expect(mended.cells).toEqual({
    [hour]: "import-missing",
    "2018-07-05T04": "complete",
  });
  expect(isOver(mended)).toBe(false);
  const undecided = { ...mended, cells: { [hour]: "unknowable" as const } };
  expect(
    withFindings(
      { ...undecided, findings: [] },
      { findings: [], unsettled: {}, range: later, asOf: AS_OF },
      NOW,
    ).cells,
  ).toEqual({ [hour]: "unknowable" });
  const range = { since: hour, until: "2018-07-05T05" };
  expect(
    isOver(withFindings(mended, { findings: [], range, asOf: AS_OF }, NOW)),
  ).toBe(true);
});

test("an incident of hours that stay unknowable ends when somebody closes it, and is open again where one is broken after all", () => {
  const hour = "2018-07-05T01";
  const unknowable = withFindings(
    incident({
      findings: [finding(hour)],
      cells: { [hour]: "import-missing" },
    }),
    { findings: [], unsettled: { [hour]: "unknowable" }, asOf: AS_OF },
    NOW,
  );
  const given = withClosing(
    unknowable,
    { by: "ada", note: "its topic was deleted" },
    NOW,
  );
  expect([isOver(unknowable), isOver(given)]).toEqual([false, true]);
  expect(closed(given, NOW).message).toContain(
    "1 hours are pending or unknowable; closed by ada",
  );
  expect(
    isOver(
      withFindings(given, { findings: [finding(hour)], asOf: AS_OF }, NOW),
    ),
  ).toBe(false);
});

test("headroom enters the story when its level changes only", () => {
  const low = withHeadroom(incident(), { headroom: LOW, asOf: AS_OF }, NOW);
  const lower = withHeadroom(
    low,
    { headroom: { ...LOW, hours: 7 }, asOf: AS_OF },
    NOW,
  );
  const enough = withHeadroom(lower, { asOf: AS_OF }, NOW);
  expect(lower.headroom?.hours).toBe(7);
  expect("headroom" in enough).toBe(false);
  expect(enough.story).toEqual([
    `${NOW} ${LOW.why}`,
    `${NOW} headroom is sufficient again`,
  ]);
});

test("a snooze lasts as many hours as were asked for, from now on", () => {
  expect(withSnooze(incident(), 2, NOW).snoozedUntil).toBe(
    "2018-07-05T08:00:00.000Z",
  );
});

test("a story of years keeps its newest hundred lines", () => {
  let state = incident();
  for (let i = 0; i < 150; i++) state = withStory(state, `line ${i}`, NOW);
  expect(state.story).toHaveLength(100);
  expect(state.story.at(-1)).toBe(`${NOW} line 149`);
});

test("the proposed backfill reaches from the first broken hour to the end of the last", () => {
  const state = incident({
    findings: [finding("2018-07-05T03"), finding("2018-07-05T01")],
    asOf: AS_OF,
  });
  expect(repairInput(state, true)).toEqual({
    since: "2018-07-05T01",
    until: "2018-07-05T04",
    topics: ["eventlogging_Edit"],
    asOf: AS_OF,
    dryRun: false,
    autoApprove: true,
  });
});

test("an incident names the topic's owner, also after it has audited its hours itself", () => {
  const findings = [finding("2018-07-05T01")];
  const told = withFindings(
    newIncident("eventlogging_Edit", NOW),
    { findings, asOf: AS_OF, owner: "editors" },
    NOW,
  );
  const after = withFindings(told, { findings, asOf: AS_OF }, NOW);
  expect(after.owner).toBe("editors");
  expect(incidentMarkdown(after)).toContain("Owner: editors");
  expect(incidentMarkdown(incident())).not.toContain("Owner");
});
