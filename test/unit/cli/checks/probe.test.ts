import {
  asideOf,
  missing,
  notTried,
  ok,
  sampled,
  tryAll,
} from "../../../../cli/checks/probe";
import {
  checkedRights,
  isLacking,
  type Outcomes,
} from "../../../../domain/rights/rights";

const never = new Promise<never>(() => undefined);

test("a probe that throws, or does not end, stops no other, and its rights were not tried", async () => {
  const outcomes = await tryAll(
    [
      {
        rights: ["rawRead"],
        run: () => {
          throw new Error("at once");
        },
      },
      { rights: ["queueSubmit", "applicationKill"], run: () => never },
      {
        rights: ["tablesRead", "namespace"],
        run: async () => ({ tablesRead: ok("fine") }),
      },
      {
        rights: ["mysqlSelect"],
        run: () => Promise.reject(new Error("later")),
      },
    ],
    20,
  );
  expect(outcomes).toEqual({
    rawRead: notTried("at once"),
    queueSubmit: notTried("no answer in 0.02 s"),
    applicationKill: notTried("no answer in 0.02 s"),
    tablesRead: ok("fine"),
    namespace: notTried("nothing told"),
    mysqlSelect: notTried("later"),
  });
});

const outcomes: Outcomes = {
  topicRead: ok(),
  topicWrite: missing("on 1 of 1 topics", ["grant"]),
  queueSubmit: notTried("it does not tell"),
  clusterDescribe: missing("sizes", ["grant"]),
};

test("what is lacking counts where somebody of the demand needs it", () => {
  expect(isLacking(checkedRights(outcomes, ["audits"]))).toBe(false);
  expect(isLacking(checkedRights(outcomes, ["audits", "sagas"]))).toBe(true);
});

test("rights are told in the table's order, with who needs them", () => {
  expect(
    checkedRights(outcomes, ["sagas"]).map(({ id, isNeeded, neededBy }) => [
      id,
      isNeeded,
      neededBy.join(),
    ]),
  ).toEqual([
    ["topicRead", true, "audits,sagas,canaries"],
    ["topicWrite", true, "sagas"],
    ["clusterDescribe", false, ""],
    ["queueSubmit", true, "sagas"],
  ]);
});

test("samples are from all over", () => {
  expect(sampled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)).toEqual([0, 2, 4, 6, 8]);
  expect(sampled([1, 2], 5)).toEqual([1, 2]);
});

test("what another service does not tell in time, or refuses, is nothing", async () => {
  expect(await asideOf(() => never, 5)).toEqual([]);
  expect(await asideOf(() => Promise.reject(new Error("no")))).toEqual([]);
  expect(await asideOf(async () => [1])).toEqual([1]);
});
