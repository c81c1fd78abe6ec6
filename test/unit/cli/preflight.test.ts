import type { Client } from "@temporalio/client";
import { preflight } from "../../../cli/preflight";
import type { Preflight } from "../../../domain/audit/preflight";

jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const ANSWER: Preflight = {
  unknown: [],
  problems: [],
  queues: {
    audit: ["control", "archive@one"],
    saga: ["control", "bulk", "archive@one", "archive@two"],
  },
};

/** A client of workers that poll these queues and give this answer. */
function clientOf(
  polled: string[],
  answer: () => Promise<Preflight> = async () => ANSWER,
) {
  const asked: string[] = [];
  const client = {
    options: { namespace: "default" },
    workflowService: {
      describeTaskQueue: async ({
        taskQueue: { name },
      }: {
        taskQueue: { name: string };
      }) => {
        asked.push(name);
        return { pollers: polled.includes(name) ? [{}] : [] };
      },
    },
    workflow: { execute: answer },
  } as unknown as Client;
  return { client, asked: () => [...new Set(asked)] };
}
const ALL = ["control", "archive@one", "archive@two", "bulk"];

test("names that nothing knows are refused, each with what it may have meant", async () => {
  const { client } = clientOf(ALL, async () => ({
    ...ANSWER,
    unknown: [
      { topic: "eventlogging_Edt", near: ["eventlogging_Edit"] },
      { topic: "nothing", near: [] },
    ],
  }));
  await expect(
    preflight(client, { needs: "saga", topics: ["eventlogging_Edt"] }),
  ).rejects.toThrow(
    /eventlogging_Edt \(did you mean eventlogging_Edit\?\), nothing/,
  );
});

test.each([
  ["saga", ["control", "bulk", "archive@one", "archive@two"]],
  ["audit", ["control", "archive@one"]],
  ["control", ["control"]],
] as const)("what needs %s looks at its own queues", async (needs, queues) => {
  const { client, asked } = clientOf(ALL);
  await preflight(client, { needs, topics: ["eventlogging_Edit"] });
  expect(asked()).toEqual(queues);
});

test.each([
  ["bulk", "`sisyphus worker --role bulk` starts one"],
  ["archive@two", "`sisyphus worker --role archive` on two starts one"],
])("a saga is not begun where nobody polls %s", async (queue, help) => {
  const { client } = clientOf(ALL.filter((polled) => polled !== queue));
  const refused = preflight(client, { needs: "saga" });
  await expect(refused).rejects.toThrow(`task queue ${queue} `);
  await expect(refused).rejects.toThrow(help);
});

test("what could not be asked refuses nothing, and is told", async () => {
  const told: string[] = [];
  const warn = (text: string) => void told.push(text);
  const topics = ["eventlogging_Old"];
  const unsure = clientOf(ALL, async () => ({
    ...ANSWER,
    unknown: [{ topic: "eventlogging_Old", near: [] }],
    problems: ["the tables of event cannot be read: is down"],
  }));
  await preflight(unsure.client, { needs: "audit", topics }, warn);
  const unasked = clientOf(ALL, async () => ({
    ...ANSWER,
    problems: ["topics could not be checked: Kafka does not answer"],
  }));
  await preflight(unasked.client, { needs: "audit", topics }, warn);
  const down = clientOf(ALL, () =>
    Promise.reject(
      new Error("failed", { cause: new Error("no such workflow") }),
    ),
  );
  await preflight(down.client, { needs: "audit", topics }, warn);
  expect(told).toEqual([
    "topics: nothing is known of eventlogging_Old; the tables of event cannot be read: is down",
    "topics could not be checked: Kafka does not answer",
    "topics and task queues could not be checked: no such workflow",
  ]);
});
