import { Worker } from "@temporalio/worker";
import type { Preflight } from "../../domain/audit/preflight";
import { withTemporal } from "../support/temporal-hooks";

const temporal = withTemporal();

const ask = async (
  input: { topics?: string[] },
  unknownTopics: () => Promise<unknown>,
) => {
  const worker = await Worker.create({
    connection: temporal.env.nativeConnection,
    taskQueue: "control",
    workflowBundle: temporal.workflowBundle,
    activities: {
      settings: async () => ({
        archiveQueue: "archive@one",
        sagaQueues: ["control", "bulk", "archive@one", "archive@two"],
      }),
      unknownTopics,
    },
  });
  return worker.runUntil(
    temporal.env.client.workflow.execute("preflight", {
      workflowId: `preflight/${Math.random()}`,
      taskQueue: "control",
      args: [input],
    }),
  ) as Promise<Preflight>;
};

test("a command hears which topics nothing knows, and which task queues it needs", async () => {
  const unknown = [{ topic: "a", near: ["b"] }];
  const found = { unknown, problems: ["x"] };
  const queues = {
    audit: ["control", "archive@one"],
    saga: ["control", "bulk", "archive@one", "archive@two"],
  };
  expect(await ask({ topics: ["a"] }, async () => found)).toEqual({
    ...found,
    queues,
  });
  const refuses = () => Promise.reject(new Error("Kafka does not answer"));
  // Without topics Kafka is not asked.
  expect(await ask({}, refuses)).toEqual({ unknown: [], problems: [], queues });
  expect(await ask({ topics: ["a"] }, refuses)).toEqual({
    unknown: [],
    problems: ["topics could not be checked: Kafka does not answer"],
    queues,
  });
}, 60_000);
