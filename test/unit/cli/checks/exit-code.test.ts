import { exitCodeOf, rightsTable } from "../../../../cli/checks/rights";
import { workerRow } from "../../../../cli/checks/systems";
import { notTold, notTried, ok } from "../../../../cli/checks/probe";
import {
  checkedRights,
  type Outcome,
  type Outcomes,
} from "../../../../domain/rights/rights";
import { identityText } from "../../../../domain/settings/worker-identity";

const MISSING: Outcome = { state: "MISSING", why: "denied", grant: ["a"] };
const of = (outcomes: Outcomes) => checkedRights(outcomes, ["audits"]);

test.each<[string, Outcomes, number]>([
  ["all is there", { topicRead: ok() }, 0],
  ["one is lacking", { topicRead: MISSING }, 1],
  ["one was not tried", { topicRead: notTried("safe mode") }, 3],
  [
    "one lacks and one was not tried",
    { topicRead: MISSING, rawRead: notTried("x") },
    1,
  ],
  [
    "nobody of the demand needs what was not tried",
    { clusterDescribe: notTried("x"), queueSubmit: notTried("x") },
    0,
  ],
  ["the service tells nobody", { topicRead: notTold("x", "ask") }, 0],
])("the exit code where %s", (_, outcomes, code) => {
  expect(exitCodeOf([], of(outcomes))).toBe(code);
});

test("a system that fails counts, whatever was tried", () => {
  const failed = { cells: ["HDFS", "FAILED: x"], isFailed: true };
  expect(exitCodeOf([failed], of({ topicRead: notTried("x") }))).toBe(1);
});

test("a name with the word FAILED in it is no failure, and another configuration is one", () => {
  const identity = (config: string) =>
    identityText({ process: "7@FAILED-1", version: "1.0.0", config });
  const same = workerRow("archive@FAILED", identity("abc"), "abc");
  expect(same.cells[1]).toBe("7@FAILED-1");
  expect(exitCodeOf([same], [])).toBe(0);
  expect(exitCodeOf([workerRow("q", identity("def"), "abc")], [])).toBe(1);
});

test.each([
  ["SafeModeException: Cannot create file", "hdfs dfsadmin -safemode wait"],
  ["NSQuotaExceededException: The NameSpace quota", "-setQuota"],
  ["DSQuotaExceededException: The DiskSpace quota", "-setSpaceQuota"],
  ["no answer in 30 s", "see that the service answers"],
  ["Temporal at t:1 does not answer: late", "see that the service answers"],
  ["anything else", "run the check again"],
])(
  "the line of a right that was not tried says why and what to do: %s",
  (why, todo) => {
    const [, rows] = rightsTable(of({ storageWrite: notTried(why) }));
    expect(rows[0]!.at(-1)).toMatch(new RegExp(`^${why}; .*${todo}`));
  },
);
