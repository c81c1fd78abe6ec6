import { createPlanningActivities } from "../../../../activities/backfill/planning";
import { ServiceError } from "../../../../clients/errors";
import { namingRules } from "../../../../domain/settings/dataset";

/** Plans where Kafka lists no topic. @param directory a topic that has left a directory of raw hours, and is hidden */
const plan = (topics?: string[], directory = "eventlogging_Edit") => {
  const { makePlan } = createPlanningActivities({
    kafka: {
      topics: async () => [],
      refuseHidden: async (hidden: readonly string[]) => {
        if (hidden.length > 0)
          throw new ServiceError("Kafka", "b:9092", hidden.join(), undefined);
      },
    },
    source: { steering: {}, state: async () => ({ positions: new Map() }) },
    storage: { read: async () => undefined },
    hdfs: {
      list: async () => [{ name: directory, type: "DIRECTORY" }],
    },
    hive: { tables: async () => [] },
    config: { naming: namingRules.parse({}), audit: { lookbackHours: 4 } },
  } as never);
  return makePlan({
    since: "2018-07-05T03",
    until: "2018-07-05T04",
    asOf: "2018-07-05T05:20:00Z",
    ...(topics && { topics }),
  } as never);
};

test("topics that brokers hide are waited for: a plan without them would say that nothing of them is broken", async () => {
  const hidden = {
    service: "Kafka",
    message: "Kafka at b:9092: eventlogging_Edit",
  };
  await expect(plan()).rejects.toMatchObject(hidden);
  await expect(plan(["eventlogging_Edit"])).rejects.toMatchObject(hidden);
});

test("of a Kafka that names no topic at all nothing is planned: it may be starting", async () => {
  await expect(plan(undefined, "not-covered")).rejects.toThrow(
    "Kafka names no topic at all",
  );
});

test("a topic that is none of ours, and is hidden, is not waited for", async () => {
  await expect(plan(["webrequest"])).rejects.toMatchObject({
    type: "InvalidInput",
  });
});
