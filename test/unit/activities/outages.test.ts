import { fatal, ServiceError } from "../../../clients/errors";
import { tellingOutages } from "../../../activities/outages";

const failing = (error: Error) =>
  tellingOutages({ ask: async () => Promise.reject(error) }).ask();

test("a service's failure is told by its type, and can be tried again", async () => {
  const error = new ServiceError("HDFS", "nn1:9870", "no answer", undefined);
  await expect(failing(error)).rejects.toMatchObject({
    type: "Outage",
    message: "HDFS at nn1:9870: no answer",
    nonRetryable: false,
    details: [
      {
        service: "HDFS",
        address: "nn1:9870",
        message: "HDFS at nn1:9870: no answer",
      },
    ],
  });
});

test("what is no service's failure stays what it is", async () => {
  const refused = fatal("NotAllowed", "outside of the prefixes");
  await expect(failing(refused)).rejects.toBe(refused);
  const fault = new TypeError("undefined is not a function");
  await expect(failing(fault)).rejects.toBe(fault);
});
