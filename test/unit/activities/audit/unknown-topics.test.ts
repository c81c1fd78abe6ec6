import { unknownTopics } from "../../../../activities/audit/unknown-topics";
import { namingRules } from "../../../../domain/settings/dataset";

const clients = {
  kafka: { topics: async () => ["eventlogging_Edit", "webrequest"] },
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
  config: { audit: { lookbackHours: 168 }, naming: namingRules.parse({}) },
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
  const kafka = { topics: () => Promise.reject(new Error("is down")) };
  await expect(unknownTopics({ ...clients, kafka }, ["a"])).rejects.toThrow(
    "is down",
  );
});
