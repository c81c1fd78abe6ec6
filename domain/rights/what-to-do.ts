/** What stands in the way of trying a right, in a service's words, and what an operator does about it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /SafeMode|in safe mode/i,
    "run the check again when the NameNode has left safe mode: hdfs dfsadmin -safemode wait",
  ],
  [
    /NSQuotaExceeded/,
    "make room or ask for more names: hdfs dfs -count -q shows the quota of a folder, hdfs dfsadmin -setQuota changes it; then run the check again",
  ],
  [
    /QuotaExceeded/,
    "make room or ask for more space: hdfs dfs -count -q shows the quota of a folder, hdfs dfsadmin -setSpaceQuota changes it; then run the check again",
  ],
  [
    /no answer in|does not answer|ECONNRESET|hang up|ECONNREFUSED|ETIMEDOUT|ENOTFOUND/,
    "see that the service answers, as the first table says, and run the check again",
  ],
];

/** What to do about a right that could not be tried. @param why what was said instead */
export const whatToDo = (why: string): string =>
  ADVICE.find(([says]) => says.test(why))?.[1] ??
  "mend what is said here, and run the check again";
