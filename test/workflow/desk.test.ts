import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, Worker } from "@temporalio/worker";
import type { Alert, AlertItem } from "../../domain/alert";
import { until } from "../../sandbox/wait";
import { quietWorkers } from "../support/quiet";
import { localTemporal } from "../support/temporal";

let env: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
beforeAll(async () => {
  quietWorkers();
  [env, workflowBundle] = await Promise.all([
    localTemporal(),
    bundleWorkflowCode({
      workflowsPath: require.resolve("../../workflows/index.ts"),
    }),
  ]);
}, 600_000);
afterAll(() => env?.teardown());

const item = (subject: string): AlertItem => ({
  kind: "broken",
  subject,
  cause: "premature-deletion",
  level: "error",
  text: "x",
});

test("a receiver that fails delays only itself, and what it missed arrives later", async () => {
  const heard: Record<string, Alert[]> = { mail: [], hook: [] };
  let broken = true;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: "control",
    workflowBundle,
    activities: {
      receiverNames: async () => Object.keys(heard),
      deliver: async (input: { receiver: string; alert: Alert }) => {
        if (input.receiver === "hook" && broken) throw new Error("refused");
        heard[input.receiver]!.push(input.alert);
      },
    },
  });
  await worker.runUntil(async () => {
    const desk = await env.client.workflow.signalWithStart("alertDesk", {
      workflowId: "alerts",
      taskQueue: "control",
      args: [],
      signal: "raise",
      signalArgs: [[item("a")]],
    });
    await desk.signal("raise", [item("b"), item("c")]);
    await until("the mail", 30, () => heard["mail"]!.length > 0);
    expect(heard["mail"]!.map((a) => a.title)).toEqual([
      "3 topics are broken: premature-deletion",
    ]);
    expect(heard["hook"]).toEqual([]);
    broken = false;
    await until("the hook", 60, () => heard["hook"]!.length > 0);
    expect(heard["hook"]).toEqual(heard["mail"]);
    await desk.terminate();
  });
}, 120_000);
