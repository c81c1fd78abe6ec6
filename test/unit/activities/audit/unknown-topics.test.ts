import { unknownTopics } from "../../../../activities/audit/unknown-topics";
import { namingRules } from "../../../../domain/settings/dataset";

const clients = {
  kafka: {
    topics: async () => ["eventlogging_Edit", "webrequest"],
    denied: async () => new Set<string>(),
  },
  source: {
    state: async () => ({
      problems: [],
      positions: new Map([["eventlogging_Stored/0", { offset: "5" }]]),
    }),
  },
  storage: { read: async () => undefined },
  hdfs: {
    list: async () => [{ name: "eventlogging_Directory", type: "DIRECTORY" }],
  },
  hive: { tables: async () => ["table"] },
  config: {
    audit: { lookbackHours: 168 },
    naming: namingRules.parse({}),
    refine: {},
  },
} as unknown as Parameters<typeof unknownTopics>[0];

test("only names that no stage knows are unknown, and those without a dataset", async () => {
  const known = ["Edit", "Stored", "Directory", "table"].map(
    (schema) => `eventlogging_${schema}`,
  );
  const given = [...known, "eventlogging_Edits", "webrequest"];
  expect(await unknownTopics(clients, given)).toEqual({
    unknown: [
      { topic: "eventlogging_Edits", near: ["eventlogging_Edit"] },
      { topic: "webrequest", near: [] },
    ],
    problems: [],
  });
});

test("any name that leads to what is left of a topic is known; one of a topic that Kafka has is not", async () => {
  const given = ["eventlogging_Table", "eventlogging_edit"];
  expect((await unknownTopics(clients, given)).unknown).toEqual([
    { topic: "eventlogging_edit", near: ["eventlogging_Edit"] },
  ]);
});

test("where Kafka does not answer, nothing is called unknown", async () => {
  const kafka = {
    ...clients.kafka,
    topics: () => Promise.reject(new Error("is down")),
  };
  await expect(unknownTopics({ ...clients, kafka }, ["a"])).rejects.toThrow(
    "is down",
  );
});

test("a name that brokers hide is not called unknown: nobody knows", async () => {
  const kafka = {
    ...clients.kafka,
    denied: async () => new Set(["eventlogging_Hidden"]),
  };
  const { unknown, problems } = await unknownTopics({ ...clients, kafka }, [
    "eventlogging_Hidden",
    "eventlogging_Edits",
  ]);
  expect(unknown.map(({ topic }) => topic)).toEqual(["eventlogging_Edits"]);
  expect(problems).toEqual([
    expect.stringContaining("brokers hide eventlogging_Hidden: the right"),
  ]);
});
