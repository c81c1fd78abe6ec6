import { MockActivityEnvironment } from "@temporalio/testing";
import { createAuditActivities } from "../../../../activities/audit/audit";
import { ServiceError } from "../../../../clients/errors";
import { namingRules } from "../../../../domain/settings/dataset";

const refused = () =>
  Promise.reject(
    new ServiceError("Kafka", "broker:9092", "refused", undefined),
  );

/** Lists topics where Kafka refuses, in this attempt; the importer stood in one topic. */
const listedIn = (attempt: number) => {
  const { listTopics } = createAuditActivities({
    kafka: { topics: refused },
    source: {
      state: async () => ({
        positions: new Map([["eventlogging_Edit/0", { offset: "5" }]]),
      }),
    },
    storage: { read: async () => undefined },
    hdfs: { list: async () => [] },
    hive: { tables: async () => [] },
    config: {
      naming: namingRules.parse({}),
      refine: {},
      audit: { patience: 3, lookbackHours: 4 },
    },
  } as never);
  return new MockActivityEnvironment({ attempt }).run(() =>
    listTopics({ alsoGone: true }),
  );
};

test("where Kafka does not answer, the first attempts fail visibly", async () => {
  await expect(listedIn(2)).rejects.toThrow("Kafka at broker:9092: refused");
});

test("once patience is over, the topics that others know are audited without it", async () => {
  expect(await listedIn(3)).toMatchObject({
    topics: ["eventlogging_Edit"],
    problems: [
      "topics that only Kafka knows are left out: Kafka at broker:9092: refused",
    ],
    outages: [{ service: "Kafka" }],
  });
});
