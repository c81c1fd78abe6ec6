import { measured, unknowable } from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import { HOUR, LATER, nothing, POLICY, topic, whole } from "./cases";

/** A topic whose raw hours nobody refines. */
const UNREFINED = topic({ unrefined: true });
const { refined: _, ...unrefined } = whole({ archived: unknowable("none") });
const RAW = { ...unrefined, queryable: undefined };
const judged = (hour: typeof RAW) => judge(hour, UNREFINED, POLICY, LATER);

test("an hour is complete by its raw records alone", () => {
  expect(judged(RAW)).toEqual({
    verdict: "complete",
    numbers: { raw: 13 },
    why: "13 raw records",
  });
  // Of a topic that is refined the same hour is not.
  expect(judge(RAW, topic(), POLICY, LATER).verdict).toBe("refine-missing");
});

test("records that are missing are missed", () => {
  const raw = { ...RAW.raw!, missing: 4, problems: ["4 are in no raw file"] };
  expect(judged({ ...RAW, raw })).toMatchObject({
    verdict: "import-partial",
    numbers: { missing: 4 },
  });
  expect(
    judge(nothing(measured(5), unknowable("none")), UNREFINED, POLICY, LATER)
      .verdict,
  ).toBe("import-missing");
});

test("where file names only bound the records, nothing is said of the hour unless the archive is there", () => {
  const bounded = { ...RAW, raw: { ...RAW.raw!, atMost: true as const } };
  expect(judged(bounded)).toMatchObject({
    verdict: "unknowable",
    why: expect.stringContaining("at most 13 records") as string,
  });
  expect(judged({ ...bounded, archived: measured(13) }).verdict).toBe(
    "complete",
  );
  expect(judged(bounded).why).toContain("none");
  expect(bounded.hour).toBe(HOUR);
});
