import { auditInput, backfillInput } from "../../../../domain/settings/inputs";
import { issuesText } from "../../../../domain/settings/issues-text";

test("a backfill's input names the wrong field and what is allowed", () => {
  const text = (value: unknown) =>
    issuesText("the input", backfillInput.safeParse(value).error!);
  expect(text({ since: "2018-07-05", until: "2018-07-05T02" })).toContain(
    "since: an hour is written 2018-07-05T03 (UTC)",
  );
  expect(text({ since: "2018-07-05T02", until: "2018-07-05T02" })).toContain(
    "until: must be later than since",
  );
  expect(
    text({ since: "2018-07-05T01", until: "2018-07-05T02", sice: 1 }),
  ).toContain("sice");
  expect(
    auditInput.safeParse({ asOf: "yesterday" }).error!.issues[0]!.message,
  ).toContain("2018-07-05T05:20:00Z");
});

test("a saga of 0.2.0 that named a Refine class can still be read", () => {
  const input = {
    since: "2018-07-05T01",
    until: "2018-07-05T02",
    refineClass: "org.wikimedia.analytics.refinery.job.refine.Refine",
  };
  expect(backfillInput.parse(input)).toMatchObject(input);
});

test("a choice names the wrong field and what is allowed there, and an empty one does not mean everything", () => {
  const text = (choice: object) =>
    issuesText(
      "the input",
      backfillInput.safeParse({
        ...{ since: "2018-07-05T01", until: "2018-07-05T09" },
        ...choice,
      }).error!,
    );
  for (const wrong of ["2018-07-05", "3", "2018-07-05T03..", "2018-07-05T25"])
    expect(text({ hours: [wrong] })).toContain(
      "hours.0: an hour such as 2018-07-05T03, or a range such as 2018-07-05T03..2018-07-05T06",
    );
  expect(text({ hours: ["2018-07-05T06..2018-07-05T03"] })).toContain(
    "hours.0",
  );
  expect(text({ hours: ["2018-07-05T09"] })).toContain(
    "hours: 2018-07-05T09 not between since and until",
  );
  expect(text({ hours: [] })).toContain("hours: names no hour");
  expect(text({ causes: ["moon"] })).toContain(
    "causes.0: a cause is one of premature-deletion",
  );
  expect(text({ causes: [] })).toContain("causes: names no cause");
  expect(text({ fromReport: " " })).toContain("fromReport: names no saga");
});
