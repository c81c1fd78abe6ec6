import { CancelledFailure } from "@temporalio/common";
import { calling, OwnFault } from "../../../clients/errors";

test("a failing service is named with its address, a cancellation is passed on as one", async () => {
  await expect(
    calling("Kafka", "127.0.0.1:9092", () =>
      Promise.reject(new Error("no leader")),
    ),
  ).rejects.toThrow("Kafka at 127.0.0.1:9092: no leader");
  for (const cancelled of [
    new CancelledFailure("CANCELLED"),
    new DOMException("This operation was aborted", "AbortError"),
  ])
    await expect(
      calling("Kafka", "127.0.0.1:9092", () => Promise.reject(cancelled)),
    ).rejects.toBe(cancelled);
});

test("a fault of ours that is met while a service is used is not the service's", async () => {
  const fault = new OwnFault("it is not what was stored there");
  await expect(
    calling("Kafka", "127.0.0.1:9092", () => Promise.reject(fault)),
  ).rejects.toBe(fault);
});
