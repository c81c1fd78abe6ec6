import { notWhole } from "../../../../domain/backfill/earlier-report";

const hour = (n: number) => `2018-07-05T0${n}`;

test("of a report not whole is what was found, what Refine or the rows say, and what its own plan left out", () => {
  const cells = Object.fromEntries(
    [1, 2, 3, 4].map((n) => [hour(n), n === 1 ? "rows-lost" : "complete"]),
  );
  const report = {
    plan: { digest: "d", topics: [{ topic: "a", table: "edit" }] },
    after: [{ topic: "a", cells }],
    refine: { failed: [`event.edit ${hour(2)}`], unexplained: [] },
    verified: { problems: [`a ${hour(3)}: 2 rows twice`] },
    leftOut: [{ topic: "a", hour: hour(6) }],
  };
  expect([...notWhole(report)]).toEqual(
    [1, 2, 3, 6].map((n) => `a ${hour(n)}`),
  );
});
