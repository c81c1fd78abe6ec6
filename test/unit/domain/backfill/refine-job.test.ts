import {
  argumentsForTables,
  jobFaults,
  type RefineJob,
  targetArguments,
  transformArguments,
} from "../../../../domain/backfill/refine-job";

const RANGE = { since: "2018-07-05T03", until: "2018-07-05T05" };
const PINNED = { allowedSha256: ["a".repeat(64)], class: "Refine" };
const PROPER: RefineJob = {
  jar: "/refinery-job.jar",
  sha256: "a".repeat(64),
  class: "Refine",
  arguments: [
    ...transformArguments(["x.deduplicate_eventlogging", "x.geocode_ip"]),
    ...targetArguments(["Edit", "Gather_Clicks"], RANGE),
  ],
};

test("the job refines the planned tables from the first hour to the last", () => {
  expect(targetArguments(["Edit", "Gather_Clicks"], RANGE)).toEqual([
    "--table-whitelist",
    "Edit|Gather_Clicks",
    "--since",
    "2018-07-05T03:00:01",
    "--until",
    "2018-07-05T05:00:00",
  ]);
});

test("a topic that was skipped since the plan was made is not refined", () => {
  expect(argumentsForTables(PROPER.arguments, undefined)).toEqual(
    PROPER.arguments,
  );
  const left = argumentsForTables(PROPER.arguments, ["Edit"])!;
  expect(left).toContain("Edit");
  expect(left.join(" ")).not.toContain("Gather_Clicks");
  expect(left).toHaveLength(PROPER.arguments.length);
});

test("a job that names no tables cannot leave one out", () => {
  expect(argumentsForTables(["--since", "2018"], ["Edit"])).toBeUndefined();
});

test("the configured job may refine", () => {
  expect(jobFaults(PROPER, PINNED)).toEqual([]);
});

test("the outdated wrapper is refused for its digest, its class and what it does not declare", () => {
  const faults = jobFaults(
    { jar: "j", sha256: "b".repeat(64), class: "JsonRefine", arguments: [] },
    PINNED,
  );
  expect(faults.join("\n")).toMatch(
    /sha256[\s\S]*class JsonRefine[\s\S]*dedup[\s\S]*geocod/,
  );
});

test("a job that deduplicates and does not geocode is refused for that alone", () => {
  expect(
    jobFaults(
      { ...PROPER, arguments: transformArguments(["x.deduplicate"]) },
      PINNED,
    ),
  ).toEqual(["it declares no geocoding transform function"]);
});
