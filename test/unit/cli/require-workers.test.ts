import type { Client } from "@temporalio/client";
import { requireWorkers } from "../../../cli/require-workers";

/** A client of a server whose queue is polled as each look in turn says; the last one holds on. */
function clientSeeing(looks: { workflows: number; activities: number }[]) {
  let calls = 0;
  return {
    options: { namespace: "default" },
    workflowService: {
      describeTaskQueue: ({ taskQueueType }: { taskQueueType: number }) => {
        const look = looks[Math.min(calls++ >> 1, looks.length - 1)]!;
        const n = taskQueueType === 1 ? look.workflows : look.activities;
        return Promise.resolve({ pollers: new Array(n).fill({}) });
      },
    },
  } as unknown as Client;
}
const noPause = () => Promise.resolve();

test("where no worker polls the task queue, the command says so and names it", async () => {
  await expect(
    requireWorkers(
      clientSeeing([{ workflows: 0, activities: 0 }]),
      undefined,
      noPause,
    ),
  ).rejects.toThrow(
    /no worker takes workflows and activities from the task queue control of the namespace default/,
  );
});

test("a queue of which only workflows are taken is not enough", async () => {
  await expect(
    requireWorkers(
      clientSeeing([{ workflows: 1, activities: 0 }]),
      undefined,
      noPause,
    ),
  ).rejects.toThrow(/no worker takes activities from/);
});

test("a worker that is just starting is waited for", async () => {
  await requireWorkers(
    clientSeeing([
      { workflows: 0, activities: 0 },
      { workflows: 1, activities: 1 },
    ]),
    undefined,
    noPause,
  );
});
