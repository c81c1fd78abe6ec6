import type { Admin } from "kafkajs";
import { Kafka } from "../../../../clients/kafka/kafka";

test("where a group goes on is told by partition, and not where it has committed nothing", async () => {
  const kafka = new Kafka(["127.0.0.1:1"]);
  const asked: unknown[] = [];
  const admin = {
    fetchOffsets: async (of: unknown) => {
      asked.push(of);
      return [
        {
          topic: "a.b",
          partitions: [
            { partition: 0, offset: "9223372036854775807", metadata: null },
            { partition: 1, offset: "-1", metadata: null },
          ],
        },
      ];
    },
  } as unknown as Admin;
  jest
    .spyOn(kafka, "withAdmin")
    .mockImplementation((call: (admin: Admin) => Promise<unknown>) =>
      call(admin),
    );
  expect(await kafka.groupOffsets("connect-sink")).toEqual(
    new Map([["a.b/0", "9223372036854775807"]]),
  );
  expect(asked).toEqual([{ groupId: "connect-sink" }]);
});
