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
