/**
 * What a run of `jest --json` counted.
 * A file that cannot even be loaded counts as one failed test; a skipped test and one that is still to be written as skipped.
 * @param result the parsed content of jest's output file
 */
export function countsOf(result) {
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** The one line that a test run closes with. Skipped tests are named only where there are any. */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
