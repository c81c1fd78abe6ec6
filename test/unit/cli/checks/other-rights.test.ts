import {
  metastoreProbe,
  type TemporalRights,
  temporalProbe,
  yarnProbe,
} from "../../../../cli/checks/other-rights";
import { tryAll } from "../../../../cli/checks/probe";
import {
  demandOf,
  grantsText,
  isAskedFor,
} from "../../../../cli/checks/rights";
import { checkedRights } from "../../../../domain/rights/rights";
import { parseConfig } from "../../../../domain/settings/config";
import { settings } from "../../../support/settings";

const config = parseConfig(
  settings({ mysql: { host: "db", user: "reader", database: "log" } }),
);

test.each([
  [async () => true, "ok"],
  [async () => false, "MISSING"],
  [async () => undefined, "not told"],
  [() => Promise.reject(new Error("ForbiddenException")), "not told"],
  [() => Promise.reject(new Error("ECONNREFUSED")), "not tried"],
])(
  "YARN is asked of the queue, and nothing is submitted",
  async (may, state) => {
    const asked: string[][] = [];
    const outcomes = await tryAll([
      yarnProbe(config, config.refine!, {
        maySubmit: (...of) => {
          asked.push(of);
          return may();
        },
      }),
    ]);
    expect(asked).toEqual([["default", "analytics"]]);
    expect(outcomes.queueSubmit?.state).toBe(state);
    expect(outcomes.applicationKill?.state).toBe("not told");
  },
);

test("a metastore that refuses is told apart from one that fails", async () => {
  const of = (error: Error) =>
    tryAll([
      metastoreProbe(config, {
        tables: async () => ["edit"],
        partitionHours: () => Promise.reject(error),
      }),
    ]);
  expect(
    await of(new Error("Permission denied: user [sis] does not have [SELECT]")),
  ).toMatchObject({
    tablesRead: {
      state: "MISSING",
      grant: [expect.stringContaining("GRANT SELECT ON DATABASE event")],
    },
  });
  expect(await of(new Error("Connection refused"))).toMatchObject({
    tablesRead: { state: "not tried" },
  });
});

const ATTRIBUTES = {
  Topics: 7,
  HourFrom: 6,
  HourTo: 6,
  Verdict: 7,
  Phase: 2,
  EventsMissing: 3,
  EventsReplayed: 3,
};

const temporal = (changes: Partial<TemporalRights> = {}) =>
  tryAll([
    temporalProbe((use) =>
      use({
        namespace: "prod",
        describeNamespace: async () => ({}),
        searchAttributes: async () => ATTRIBUTES,
        ...changes,
      }),
    ),
  ]);

test("search attributes that are lacking, or of another type, are made by the command", async () => {
  expect(await temporal()).toMatchObject({
    namespace: { state: "ok" },
    searchAttributes: { state: "ok" },
  });
  const { Topics: _, ...without } = ATTRIBUTES;
  expect(
    await temporal({
      searchAttributes: async () => ({ ...without, Phase: 7 }),
    }),
  ).toMatchObject({
    searchAttributes: {
      state: "MISSING",
      why: "Topics is not there, Phase is no Keyword",
      grant: [
        "temporal operator search-attribute remove --namespace prod --name Phase",
        "temporal operator search-attribute create --namespace prod --name Topics --type KeywordList --name Phase --type Keyword",
      ],
    },
  });
});

test("a namespace that is not there is to be created, and what Temporal does not tell was not tried", async () => {
  const absent = Object.assign(new Error("Namespace prod is not found."), {
    code: 5,
  });
  expect(
    await temporal({ describeNamespace: () => Promise.reject(absent) }),
  ).toMatchObject({
    namespace: {
      state: "MISSING",
      grant: ["temporal operator namespace create --namespace prod"],
    },
    searchAttributes: { state: "not tried" },
  });
  expect(
    await temporal({
      searchAttributes: () => Promise.reject(new Error("unimplemented")),
    }),
  ).toMatchObject({ searchAttributes: { state: "not tried" } });
});

test("canaries are part of the demand where they are configured", () => {
  expect(demandOf(config)).toEqual(["audits", "sagas"]);
  const canary = { topics: ".*" };
  expect(demandOf(parseConfig(settings({ canary })))).toContain("canaries");
});

test("what nobody of the demand needs is not tried; what helps is", () => {
  const of = (rights: Parameters<typeof isAskedFor>[0]["rights"]) =>
    isAskedFor({ rights, run: async () => ({}) }, ["audits"]);
  expect(of(["transactionalIdWrite"])).toBe(false);
  expect(of(["clusterDescribe"])).toBe(true);
  expect(of(["historyRead"])).toBe(true);
});

test("what is lacking is told below the table, with what to ask for", () => {
  const rights = checkedRights(
    {
      topicRead: { state: "ok" },
      clusterDescribe: { state: "MISSING", why: "sizes", grant: ["acl"] },
      storageWrite: { state: "MISSING", why: "denied", grant: ["a", "b"] },
    },
    ["audits"],
  );
  expect(grantsText(rights)).toBe(
    [
      "What to ask for:",
      "Kafka, Describe: cluster, that of the brokers (not needed):",
      "  acl",
      "HDFS, write: Sisyphus' own folder, storage.path:",
      "  a",
      "  b",
    ].join("\n"),
  );
  expect(grantsText(rights.slice(0, 1))).toBe("");
});

test("that YARN tells administrators only is told in words, an outage as it is", async () => {
  const of = async (message: string) =>
    (
      await tryAll([
        yarnProbe(config, config.refine!, {
          maySubmit: () => Promise.reject(new Error(message)),
        }),
      ])
    ).queueSubmit;
  expect(
    await of("GET /queues/default/access: ForbiddenException: x"),
  ).toMatchObject({
    state: "not told",
    why: "YARN tells of the queue default to those alone who administer it",
    todo: expect.stringContaining(
      "as analytics: mapred queue -showacls must name SUBMIT_APPLICATIONS",
    ),
  });
  expect(await of("connect ECONNREFUSED")).toMatchObject({
    state: "not tried",
    why: "connect ECONNREFUSED",
    todo: expect.stringContaining("run the check again"),
  });
});
