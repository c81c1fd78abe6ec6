type Counts = { passed: number; failed: number; skipped: number };
// A script for plain Node, which has no types.
const { closingLine, countsOf } = jest.requireActual<{
  countsOf: (result: Record<string, number>) => Counts;
  closingLine: (counts: Counts) => string;
}>("../../../scripts/test-results.mjs");

test("a run in which nothing was skipped closes with two numbers", () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe(
    "12 passed, 0 failed",
  );
});

test("no test is skipped in silence, and a file that cannot be loaded has failed", () => {
  const counts = countsOf({
    numPassedTests: 5,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 2,
    numTodoTests: 1,
  });
  expect(closingLine(counts)).toBe("5 passed, 2 failed, 3 skipped");
});
