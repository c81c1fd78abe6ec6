import { Context } from "@temporalio/activity";
import { ApplicationFailure, WorkflowFailedError } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import {
  bundleWorkflowCode,
  Worker,
  type WorkflowBundleWithSourceMap,
} from "@temporalio/worker";
import type { PlanSummary } from "../../domain/backfill/plan";
import { until } from "../../sandbox/platform/wait";
import { localTemporal } from "../support/temporal";
import { quietWorkers } from "../support/quiet";
import type { BackfillResult } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

const RANGE = { since: "2018-06-26T18", until: "2018-06-26T21" };
const PLAN: PlanSummary = {
  digest: "d".repeat(64),
  ref: "/plan.json",
  range: RANGE,
  topics: [
    {
      topic: "eventlogging_Edit",
      schema: "Edit",
      table: "edit",
      tableDir: "Edit",
      hours: ["2018-06-26T18"],
      lostOffsets: 3,
      reset: true,
      missing: 3,
    },
  ],
  topicHours: 1,
  missing: 3,
  lostOffsets: 3,
  flags: 1,
  outdatedPartitions: 0,
  refine: { jar: "j", sha256: "a".repeat(64), class: "Refine", arguments: [] },
  importerRun: "2018-06-26-21-05-00",
};

/** Activities that only remember that they were called; each can be made to fail or to hang. */
function recorder(
  over: Record<string, (input: unknown) => Promise<unknown>> = {},
) {
  const calls: string[] = [];
  const answers: Record<string, unknown> = {
    settings: {
      lookbackHours: 1,
      batchTopics: 1,
      archiveQueue: "archive@test",
      planMaxAgeMinutes: 240,
    },
    makePlan: PLAN,
    holdRetention: { eventlogging_Edit: null },
    resetImport: { runs: 1, imported: {} },
    collectHeld: { ref: "/held" },
    collectArchive: { ref: "/archive" },
    collectMysql: { ref: "/mysql" },
    joinMissing: {
      topics: [
        {
          topic: "eventlogging_Edit",
          ref: "/m",
          digest: "x",
          events: 3,
          fromArchive: 3,
          fromMysql: 0,
          messages: 3,
          unrecoverable: 0,
        },
      ],
      files: ["all-events.log"],
      unreadable: 0,
      unreadableNamed: [],
    },
    replayStarts: { "eventlogging_Edit/0": "3" },
    replay: { landed: 3, twice: 0, ends: { "eventlogging_Edit/0": "6" } },
    importReplayed: { runs: 1 },
    restoreRetention: undefined,
    restoreOffsets: ["2018-07-05-05-05-00"],
    clearFlags: 1,
    restoreFlags: 1,
    submitRefine: { applicationId: "application_1_1", link: "http://rm/1" },
    awaitRefine: { finalStatus: "SUCCEEDED", seconds: 1 },
    killRefine: [],
    killJob: "json_refine (application_1_7) of otto was killed",
    scanLogs: {
      files: 1,
      bytes: 1,
      lines: 1,
      finished: 1,
      failed: [],
      unexplained: [],
      records: 3,
    },
    verify: {
      partitions: 1,
      rows: 3,
      distinct: 3,
      duplicates: 0,
      found: 3,
      expected: 3,
      withIp: 3,
      geocoded: 3,
      problems: [],
      findings: [],
    },
    writeReport: {
      markdown: "/report.md",
      json: "/report.json",
      link: "http://hdfs/report.md",
      holds: true,
    },
  };
  const activities = Object.fromEntries(
    Object.keys(answers).map((name) => [
      name,
      async (input: unknown) => {
        calls.push(name);
        return over[name] ? over[name](input) : answers[name];
      },
    ]),
  );
  return { calls, activities };
}

let env: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundleWithSourceMap;
let n = 0;

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

async function withSaga<T>(
  over: Record<string, (input: unknown) => Promise<unknown>>,
  input: object,
  use: (saga: ReturnType<typeof handleOf>, calls: string[]) => Promise<T>,
): Promise<T> {
  const { calls, activities } = recorder(over);
  const taskQueue = `control-${++n}`;
  const shared = {
    connection: env.nativeConnection,
    activities,
    maxHeartbeatThrottleInterval: 200,
  };
  const [control, ...others] = await Promise.all([
    Worker.create({ ...shared, taskQueue, workflowBundle }),
    Worker.create({ ...shared, taskQueue: "bulk" }),
    Worker.create({ ...shared, taskQueue: "archive@test" }),
  ]);
  const handle = await env.client.workflow.start("backfill", {
    workflowId: `backfill/test-${n}`,
    taskQueue,
    args: [input],
  });
  // All three end with the body.
  return control!.runUntil(() =>
    others[0]!.runUntil(() =>
      others[1]!.runUntil(() => use(handleOf(handle), calls)),
    ),
  );
}

function handleOf(
  handle: Awaited<ReturnType<typeof env.client.workflow.start>>,
) {
  const progress = () => handle.query<BackfillProgress>("progress");
  return {
    result: () => handle.result() as Promise<BackfillResult>,
    cancel: () => handle.cancel(),
    update: (name: string, ...args: string[]) =>
      handle.executeUpdate(name, { args: args as [] }),
    killJob: (id: string) =>
      handle.executeUpdate("killJob", { args: [id] as never }),
    progress,
    reaches: (phase: string, state: string, detail = "") =>
      until(`${phase} to be ${state} ${detail}`, 20, async () => {
        const step = (await progress()).steps.find((s) => s.name === phase);
        return step?.state === state && (step.detail ?? "").includes(detail);
      }),
  };
}

const failure = async (result: Promise<unknown>): Promise<string> => {
  const error = await result.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof WorkflowFailedError))
    throw new Error(`expected a failed workflow, got ${String(error)}`);
  return error.cause!.message;
};
const refusal = (update: Promise<unknown>): Promise<string> =>
  update.then(
    () => "accepted",
    (error: Error) => (error.cause as Error).message,
  );
const fails = (message: string) => async () => {
  throw ApplicationFailure.nonRetryable(message);
};
const forever = () => new Promise<never>(() => undefined);

test("a dry run ends with the plan and changes nothing", async () => {
  await withSaga({}, { ...RANGE, dryRun: true }, async (saga, calls) => {
    expect(await saga.result()).toEqual({ dryRun: true, plan: PLAN });
    expect(calls).toEqual(["settings", "makePlan"]);
  });
});

test("nothing happens before this very plan is approved", async () => {
  await withSaga({}, RANGE, async (saga, calls) => {
    await saga.reaches("approve", "running");
    expect(await refusal(saga.update("approve", "another"))).toContain(
      "the digest is not this plan's: given another",
    );
    expect(calls).toEqual(["settings", "makePlan"]);
    await saga.update("approve", PLAN.digest);
    expect(await saga.result()).toMatchObject({
      holds: true,
      numbers: { replayed: { landed: 3, twice: 0 } },
    });
    expect(
      calls.slice(2).filter((call) => !call.startsWith("collect")),
    ).toEqual([
      // Made anew, to see whether what was approved is still true.
      "makePlan",
      "holdRetention",
      "resetImport",
      "joinMissing",
      "replayStarts",
      "replay",
      "importReplayed",
      "restoreRetention",
      "clearFlags",
      "submitRefine",
      "awaitRefine",
      "scanLogs",
      "verify",
      "writeReport",
    ]);
    expect((await saga.progress()).steps.every((s) => s.state === "done")).toBe(
      true,
    );
  });
});

test("a plan whose inputs have changed since is made anew and must be approved again", async () => {
  let made = 0;
  const makePlan = async () => ({
    ...PLAN,
    digest: (++made === 1 ? "1" : "2").repeat(64),
  });
  await withSaga({ makePlan }, RANGE, async (saga, calls) => {
    await saga.reaches("approve", "running");
    await saga.update("approve", "1".repeat(64));
    await until(
      "the new plan",
      20,
      async () => (await saga.progress()).plan?.digest === "2".repeat(64),
    );
    expect(
      (await saga.progress()).steps.find((s) => s.name === "approve")?.detail,
    ).toContain("its inputs have changed");
    expect(calls).not.toContain("holdRetention");
    expect(await refusal(saga.update("approve", "1".repeat(64)))).toContain(
      "the digest is not this plan's",
    );
    await saga.update("approve", "2".repeat(64));
    expect(await saga.result()).toMatchObject({ holds: true });
  });
});

test("a plan that has become too old is not approved before it is made anew", async () => {
  const settings = async () => ({
    lookbackHours: 1,
    batchTopics: 1,
    archiveQueue: "archive@test",
    planMaxAgeMinutes: 0,
  });
  await withSaga({ settings }, RANGE, async (saga, calls) => {
    await saga.reaches("approve", "running");
    expect(await refusal(saga.update("approve", PLAN.digest))).toContain(
      "allowed are 0 (plan.maxAgeMinutes): send replan",
    );
    await saga.update("replan");
    await until(
      "the second plan",
      20,
      () => calls.filter((c) => c === "makePlan").length === 2,
    );
    expect(calls).not.toContain("holdRetention");
    await saga.update("abort");
    await failure(saga.result());
  });
});

test("a running job of somebody else is ended at an operator's word, in the middle of a step", async () => {
  let end = () => undefined as void;
  const joinMissing = async () => {
    await new Promise<void>((done) => (end = done));
    throw ApplicationFailure.nonRetryable("enough");
  };
  await withSaga(
    { joinMissing },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await until("the search", 20, () => calls.includes("joinMissing"));
      expect(await refusal(saga.update("killJob", "7"))).toContain(
        "application: given 7",
      );
      expect(await saga.killJob("application_1_7")).toBe(
        "json_refine (application_1_7) of otto was killed",
      );
      expect(calls).toContain("killJob");
      end();
      await saga.reaches("find missing", "failed");
      await saga.cancel();
      await saga.result().catch(() => undefined);
    },
  );
});

test("pause ends a running step within its heartbeat and resume begins it again; skipTopic takes a topic out of a running replay", async () => {
  const tries: string[][] = [];
  const replay = async (input: unknown) => {
    const { topics } = input as { topics: { topic: string }[] };
    tries.push(topics.map((t) => t.topic));
    if (tries.length < 3) {
      for (;;) {
        Context.current().heartbeat();
        await Context.current()
          .sleep(100)
          .catch((error: Error) => {
            // As a library may that was interrupted, and knows no cancellation.
            if (tries.length === 1)
              throw new Error("the connection was closed");
            throw error;
          });
      }
    }
    return { landed: 0, twice: 0, ends: {} };
  };
  const two = {
    ...PLAN,
    topics: [
      ...PLAN.topics,
      { ...PLAN.topics[0], topic: "eventlogging_Other" },
    ],
  };
  await withSaga(
    { replay, makePlan: async () => two },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await until("the replay", 20, () => tries.length === 1);
      await saga.update("pause");
      await saga.reaches("replay", "running", "interrupted");
      expect(tries).toHaveLength(1);
      await saga.update("resume");
      await until("the replay again", 20, () => tries.length === 2);
      await saga.update("skipTopic", "eventlogging_Edit");
      expect(await refusal(saga.update("skipTopic", "eventlogging_Edit"))).toBe(
        "eventlogging_Edit is skipped already",
      );
      expect(
        await refusal(saga.update("skipTopic", "eventlogging_Other")),
      ).toBe("eventlogging_Other is the last one: abort instead");
      await saga.result();
      expect(tries).toEqual([["eventlogging_Edit"], ["eventlogging_Edit"], []]);
      expect(calls.filter((c) => c === "replayStarts")).toHaveLength(1);
    },
  );
}, 60_000);

test("a failed step waits for the operator, who may have it tried again", async () => {
  let tries = 0;
  const replay = async () => {
    if (++tries === 1)
      throw ApplicationFailure.nonRetryable("Kafka is out of order");
    return { landed: 3, twice: 0, ends: {} };
  };
  await withSaga(
    { replay },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await saga.reaches("replay", "failed");
      expect(
        (await saga.progress()).steps.find((s) => s.name === "replay")?.detail,
      ).toBe("Kafka is out of order");
      await saga.update("retryStep");
      await saga.result();
      // Where the replay began is asked once: a second asking would overlook what the first attempt landed.
      expect(calls.filter((c) => c === "replayStarts")).toHaveLength(1);
    },
  );
});

test("an abort undoes in reverse and says what it undid", async () => {
  await withSaga(
    { verify: forever, scanLogs: fails("no logs") },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await saga.reaches("scan logs", "failed");
      await saga.update("abort", "wrong week");
      const message = await failure(saga.result());
      expect(message).toContain("aborted: wrong week");
      expect(message).toContain(
        "restore flags: 1 flags; restore offsets: 1 importer runs set aside",
      );
      expect(message).toContain("replayed events stay in Kafka");
      expect(calls.slice(-2)).toEqual(["restoreFlags", "restoreOffsets"]);
    },
  );
});

test("an abort during the hold puts retention back, and names what could not be undone", async () => {
  await withSaga(
    {
      resetImport: fails("YARN is down"),
      restoreOffsets: fails("HDFS is down"),
    },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await saga.reaches("reset import", "failed");
      await saga.update("abort");
      expect(await failure(saga.result())).toContain(
        "restore offsets: NOT undone (HDFS is down); restore retention: 1 topics",
      );
      expect(calls).toContain("restoreRetention");
    },
  );
});

test("an abort when only some topics are held puts those back", async () => {
  await withSaga(
    { holdRetention: fails("Kafka is down") },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await saga.reaches("hold retention", "failed");
      await saga.update("abort");
      expect(await failure(saga.result())).toContain("restore retention");
      expect(calls.at(-1)).toBe("restoreRetention");
    },
  );
});

test("a cancel from the Web UI means the same as an abort", async () => {
  await withSaga(
    { resetImport: fails("x") },
    { ...RANGE, autoApprove: true },
    async (saga, calls) => {
      await saga.reaches("reset import", "failed");
      await saga.cancel();
      await saga.result().catch(() => undefined);
      expect(calls.slice(-2)).toEqual(["restoreOffsets", "restoreRetention"]);
    },
  );
});

test("a paused saga starts no step until it is resumed", async () => {
  await withSaga({}, RANGE, async (saga, calls) => {
    await saga.reaches("approve", "running");
    await saga.update("pause");
    await saga.update("approve", PLAN.digest);
    await saga.reaches("approve", "done");
    expect(await refusal(saga.update("pause"))).toContain("paused already");
    expect(calls).not.toContain("holdRetention");
    await saga.update("resume");
    await saga.result();
    expect(calls).toContain("writeReport");
  });
});

test("updates that make no sense are refused with the reason", async () => {
  await withSaga({}, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    expect(await refusal(saga.update("retryStep"))).toContain(
      "no step has failed",
    );
    expect(await refusal(saga.update("resume"))).toContain("not paused");
    expect(await refusal(saga.update("skipTopic", "nope"))).toContain(
      "nope is not in the plan",
    );
    await saga.update("abort");
    await failure(saga.result());
  });
});

test("a refused Refine job ends the saga before anything was done", async () => {
  await withSaga(
    { makePlan: fails("refused to refine with JsonRefine") },
    RANGE,
    async (saga, calls) => {
      expect(await failure(saga.result())).toBeTruthy();
      expect(calls).toEqual(["settings", "makePlan"]);
    },
  );
});

test("a bad input from the Web UI's form fails with the text the CLI gives", async () => {
  await withSaga(
    {},
    { since: "2018-07-05", until: "2018-07-05T02" },
    async (saga, calls) => {
      expect(await failure(saga.result())).toContain(
        "since: an hour is written 2018-07-05T03 (UTC)",
      );
      expect(calls).toEqual([]);
    },
  );
});
