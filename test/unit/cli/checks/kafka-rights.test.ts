import { kafkaProbes } from "../../../../cli/checks/kafka-rights";
import { tryAll } from "../../../../cli/checks/probe";
import { parseConfig } from "../../../../domain/settings/config";
import type {
  KafkaOperation,
  ToldRights,
} from "../../../../formats/kafka/rights";
import { settings } from "../../../support/settings";

const ALL: KafkaOperation[] = [
  "Read",
  "Write",
  "Delete",
  "Describe",
  "DescribeConfigs",
  "AlterConfigs",
];

const config = (changes: object = {}) =>
  parseConfig(
    settings({
      security: {
        kafka: {
          sasl: {
            mechanism: "scram-sha-512",
            user: "sis",
            password: { file: "/p" },
          },
        },
      },
      ...changes,
    }),
  );

const refused = (type: string) =>
  new Error("Kafka at kafka1:9092: refused", {
    cause: Object.assign(new Error("refused"), { type }),
  });

/** Brokers that let do everything, but for what is given. */
function brokers(
  given: {
    topics?: Record<string, KafkaOperation[] | "hidden">;
    told?: ToldRights;
    group?: KafkaOperation[] | Error | undefined;
    producer?: (id: string | undefined) => Error | undefined;
  } = {},
) {
  const topics = Object.entries(given.topics ?? { eventlogging_Edit: ALL });
  const asked: string[][] = [];
  return {
    asked,
    topics: async () =>
      topics.flatMap(([topic, may]) => (may === "hidden" ? [] : [topic])),
    topicRights: async (names: readonly string[]) => {
      asked.push([...names]);
      if ("told" in given) return given.told;
      return {
        cluster: new Set(["Describe"] as const),
        topics: new Map(
          topics
            .filter(([topic]) => names.includes(topic))
            .map(([topic, may]) => [
              topic,
              {
                isHidden: may === "hidden",
                operations: new Set(may === "hidden" ? [] : may),
              },
            ]),
        ),
      };
    },
    groupRights: async () => {
      const group = "group" in given ? given.group : ALL;
      if (group instanceof Error) throw group;
      return group && new Set(group);
    },
    tryProducer: async (id?: string) => {
      const error = given.producer?.(id);
      if (error) throw error;
    },
  };
}

const tried = (
  client: ReturnType<typeof brokers>,
  changes: object = {},
  known: string[] = [],
) => tryAll(kafkaProbes(config(changes), client, async () => known));

const acl = (operation: string, scope: string) =>
  `kafka-acls.sh --bootstrap-server kafka1:9092 --command-config admin.properties --add --allow-principal User:sis --operation ${operation} ${scope}`;
const PREFIXED = "--topic eventlogging_ --resource-pattern-type prefixed";

test("who may do everything lacks nothing, and one request tells of all topics", async () => {
  const topics = Object.fromEntries(
    Array.from({ length: 3000 }, (_, i) => [`eventlogging_${i}`, ALL]),
  );
  const client = brokers({ topics: { ...topics, other: [] } });
  const outcomes = await tried(client);
  expect(Object.values(outcomes).filter(({ state }) => state !== "ok")).toEqual(
    [],
  );
  expect(client.asked).toHaveLength(1);
  expect(client.asked[0]).not.toContain("other");
});

test.each([
  ["topicWrite", "Write"],
  ["topicRead", "Read"],
  ["topicDescribeConfigs", "DescribeConfigs"],
  ["topicAlterConfigs", "AlterConfigs"],
] as const)(
  "%s that all topics lack is granted on all of the pattern",
  async (id, operation) => {
    const may = ALL.filter((each) => each !== operation);
    const outcomes = await tried(
      brokers({ topics: { eventlogging_A: may, eventlogging_B: may } }),
    );
    expect(outcomes[id]).toEqual({
      state: "MISSING",
      why: "on 2 of 2 topics: eventlogging_A, eventlogging_B",
      grant: [acl(operation, PREFIXED)],
    });
    const others = Object.values(outcomes).filter(
      ({ state }) => state === "MISSING",
    );
    expect(others).toHaveLength(1);
  },
);

test("a right that one of several topics lacks is granted on that one", async () => {
  const outcomes = await tried(
    brokers({ topics: { eventlogging_A: ALL, eventlogging_B: ["Describe"] } }),
  );
  expect(outcomes.topicRead).toMatchObject({
    state: "MISSING",
    grant: [acl("Read", "--topic eventlogging_B")],
  });
});

test("a topic of which nothing is told does not hide another's lack", async () => {
  const operations = new Set(ALL);
  const told = (more: ToldRights["topics"]) => ({
    told: {
      cluster: undefined,
      topics: new Map([
        ["eventlogging_Edit", { isHidden: false, operations: undefined }],
        ["eventlogging_Other", { isHidden: false, operations }],
        ...more,
      ]),
    },
    topics: {
      eventlogging_Edit: ALL,
      eventlogging_Other: ALL,
      eventlogging_Lost: "hidden" as const,
    },
  });
  const lost = new Map([
    ["eventlogging_Lost", { isHidden: true, operations: new Set([]) }],
  ]);
  const known = ["eventlogging_Lost"];
  expect(await tried(brokers(told(lost)), {}, known)).toMatchObject({
    topicRead: {
      state: "MISSING",
      grant: [acl("Read", "--topic eventlogging_Lost")],
    },
  });
  expect(await tried(brokers(told(new Map())), {}, known)).toMatchObject({
    topicRead: { state: "not told" },
  });
});

test("a topic that an audit has seen and that is hidden now lacks a right", async () => {
  const outcomes = await tried(
    brokers({ topics: { eventlogging_A: ALL, eventlogging_B: "hidden" } }),
    {},
    ["eventlogging_B", "eventlogging_gone"],
  );
  expect(outcomes.topicDescribe).toMatchObject({
    state: "MISSING",
    why: "on 1 of 2 topics: eventlogging_B",
    grant: [acl("Describe", "--topic eventlogging_B")],
  });
});

test("where no topic of the pattern is to be seen, the right to see them is what to ask for", async () => {
  const outcomes = await tried(brokers({ topics: { other: ALL } }));
  expect(outcomes.topicDescribe).toMatchObject({
    state: "MISSING",
    grant: [acl("Describe", PREFIXED)],
  });
  expect(outcomes.topicRead).toMatchObject({ state: "not tried" });
});

test("brokers that are too old to tell are not tried by doing", async () => {
  const outcomes = await tried(
    brokers({ told: undefined as never, group: undefined }),
  );
  expect(outcomes.topicDescribe).toMatchObject({ state: "ok" });
  for (const id of ["topicWrite", "groupDelete"] as const)
    expect(outcomes[id]).toMatchObject({
      state: "not told",
      todo: expect.stringContaining("--list --principal"),
    });
});

const GROUP = "--group sisyphus- --resource-pattern-type prefixed";

test("a group's rights are told apart; of one that is hidden both are lacking", async () => {
  const some = await tried(brokers({ group: ["Read", "Describe"] }));
  expect(some.groupRead).toMatchObject({ state: "ok" });
  expect(some.groupDelete).toMatchObject({ grant: [acl("Delete", GROUP)] });
  const none = await tried(
    brokers({ group: refused("GROUP_AUTHORIZATION_FAILED") }),
  );
  expect(none.groupRead).toMatchObject({ grant: [acl("Read", GROUP)] });
  expect(none.groupDelete).toMatchObject({ grant: [acl("Delete", GROUP)] });
});

test("a transactional id is tried with one of the check's own", async () => {
  const ids: (string | undefined)[] = [];
  const outcomes = await tried(
    brokers({
      producer: (id) => {
        ids.push(id);
        return refused("TRANSACTIONAL_ID_AUTHORIZATION_FAILED");
      },
    }),
  );
  expect(ids).toEqual(["sisyphus-config-check"]);
  expect(outcomes.transactionalIdWrite).toMatchObject({
    state: "MISSING",
    grant: [
      acl(
        "Write",
        "--transactional-id sisyphus- --resource-pattern-type prefixed",
      ),
    ],
  });
});

test("of two checks at the same time neither lacks the transactional id", async () => {
  const busy = refused("CONCURRENT_TRANSACTIONS");
  const outcomes = await tried(brokers({ producer: () => busy }));
  expect(outcomes.transactionalIdWrite).toMatchObject({ state: "ok" });
});

test("canaries are asked for where they are configured", async () => {
  const without = await tried(brokers());
  expect(without).not.toHaveProperty("canaryWrite");
  expect(without).not.toHaveProperty("idempotentWrite");
  const read = ALL.filter((each) => each !== "Write");
  const outcomes = await tried(
    brokers({
      topics: { eventlogging_A: read, eventlogging_B: read },
      producer: (id) =>
        id === undefined ? refused("CLUSTER_AUTHORIZATION_FAILED") : undefined,
    }),
    { canary: { topics: "eventlogging_A" } },
  );
  expect(outcomes.canaryWrite).toMatchObject({
    why: "on 1 of 1 topics: eventlogging_A",
  });
  expect(outcomes.idempotentWrite).toMatchObject({
    grant: [acl("IdempotentWrite", "--cluster")],
  });
});

test("the group of Kafka Connect's sink is tried where it is configured, and nowhere else", async () => {
  const importer = {
    ...config().importer,
    kind: "confluent-hdfs",
    connect: { url: "http://connect:8083", connector: "sink" },
  };
  expect(await tried(brokers())).not.toHaveProperty("connectGroupDescribe");
  const some = await tried(brokers({ group: ["Describe"] }), { importer });
  expect(some.connectGroupDescribe).toMatchObject({ state: "ok" });
  for (const group of [
    ["Read" as const],
    refused("GROUP_AUTHORIZATION_FAILED"),
  ]) {
    const none = await tried(brokers({ group }), { importer });
    expect(none.connectGroupDescribe).toMatchObject({
      grant: [acl("Describe", "--group connect-sink")],
    });
  }
});
