import { ApplicationFailure, WorkflowFailedError } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import type { LeaseRequest } from "../../domain/backfill/leases";
import type { PlanSummary } from "../../domain/backfill/plan";
import type {
  BackfillProgress,
  StepState,
} from "../../domain/backfill/progress";
import type { BackfillResult } from "../../domain/backfill/report";
import type { StepName } from "../../domain/backfill/steps";
import { until } from "../../sandbox/platform/wait";
import { withTemporal } from "./temporal-hooks";

/** The input of a saga that waits for its approval. */
export const RANGE = { since: "2018-06-26T18", until: "2018-06-26T21" };
/** The input of a saga that approves its own plan. */
export const APPROVED = { ...RANGE, autoApprove: true };

/** A plan of one topic that lost three events. */
export const PLAN: PlanSummary = {
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

export const SETTINGS = {
  lookbackHours: 1,
  batchTopics: 1,
  archiveQueue: "archive@test",
  planMaxAgeMinutes: 240,
};

/** What each activity answers where all goes well. */
export const ANSWERS: Record<string, unknown> = {
  requestLease: undefined,
  returnLease: undefined,
  leaveAlone: undefined,
  hold: undefined,
  release: undefined,
  settings: SETTINGS,
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
  // What sagas call that leave something out: their tests say what is answered.
  planByChoice: undefined,
  joinByChoice: undefined,
  findingsByChoice: undefined,
  reportByChoice: undefined,
};

/** What activities do otherwise than to answer that all goes well, by their names. */
type Script = Record<string, (input: unknown) => Promise<unknown>>;

/** An activity that fails for good. */
export const fails = (message: string) => async () => {
  throw ApplicationFailure.nonRetryable(message);
};

/** An activity that never ends. */
export const never = () => new Promise<never>(() => undefined);

/** The real workflow over activities that do nothing. Registers the hooks that start and stop a Temporal server for a test file. */
export function scriptedSagas() {
  const temporal = withTemporal();
  let started = 0;

  /** Starts a saga with the given input, and the workers that it needs for as long as `use` runs. */
  return async function withSaga(
    script: Script,
    input: object,
    use: (saga: RunningSaga) => Promise<void>,
  ): Promise<void> {
    const { env, workflowBundle } = temporal;
    const { calls, activities } = scriptedActivities({
      requestLease: grantedAtOnce(env),
      ...script,
    });
    // A queue of its own: sagas that an earlier test has left behind must not call this test's activities.
    const taskQueue = `control-${++started}`;
    const shared = {
      connection: env.nativeConnection,
      activities,
      maxHeartbeatThrottleInterval: 200,
    };
    const [control, bulk, archive] = await Promise.all([
      Worker.create({ ...shared, taskQueue, workflowBundle }),
      Worker.create({ ...shared, taskQueue: "bulk" }),
      Worker.create({ ...shared, taskQueue: "archive@test" }),
    ]);
    const handle = await env.client.workflow.start("backfill", {
      workflowId: `backfill/test-${started}`,
      taskQueue,
      args: [input],
    });
    await control.runUntil(() =>
      bulk.runUntil(() =>
        archive.runUntil(() => use(new RunningSaga(handle, calls))),
      ),
    );
  };
}

/** Answers a saga that it has what it asks for, as the book of leases does where nobody else wants it. */
export const grantedAtOnce =
  (env: TestWorkflowEnvironment) => async (input: unknown) => {
    const { id, workflowId } = input as LeaseRequest;
    await env.client.workflow
      .getHandle(workflowId)
      .signal("lease", { id, granted: true, blockedBy: [] });
  };

/** Sagas are alone here, and every lease is granted at once: that is no part of their stories. */
const LEASES: ReadonlySet<string> = new Set(["requestLease", "returnLease"]);

/** Activities that remember that they were called, and then do what the script says, or else answer that all went well. */
function scriptedActivities(script: Script) {
  const calls: string[] = [];
  const activities = Object.fromEntries(
    Object.keys(ANSWERS).map((name) => [
      name,
      async (input: unknown) => {
        if (!LEASES.has(name)) calls.push(name);
        return script[name] ? script[name](input) : ANSWERS[name];
      },
    ]),
  );
  return { calls, activities };
}

type Handle = Awaited<
  ReturnType<TestWorkflowEnvironment["client"]["workflow"]["start"]>
>;

/** A saga as an operator sees it, and the activities that it has called. */
class RunningSaga {
  constructor(
    private readonly handle: Handle,
    /** Names of the activities called, in their order; an attempt a name. */
    readonly calls: string[],
  ) {}

  /** Its workflow id. */
  get id(): string {
    return this.handle.workflowId;
  }

  result(): Promise<BackfillResult> {
    return this.handle.result() as Promise<BackfillResult>;
  }

  /** Waits for the end, however it ends. */
  async ends(): Promise<void> {
    await this.handle.result().catch(() => undefined);
  }

  /** What the saga fails with. @throws Error where it does not fail */
  async failure(): Promise<string> {
    try {
      await this.handle.result();
    } catch (error) {
      if (error instanceof WorkflowFailedError) return error.cause!.message;
      throw error;
    }
    throw new Error("the saga was expected to fail, and did not");
  }

  /** What a cancel in the Web UI does. */
  cancel() {
    return this.handle.cancel();
  }

  update(name: string, ...args: unknown[]): Promise<unknown> {
    return this.handle.executeUpdate(name, { args: args as [] });
  }

  /** Why the saga refuses an update; `accepted` where it does not. */
  refusal(name: string, ...args: string[]): Promise<string> {
    return this.update(name, ...args).then(
      () => "accepted",
      (error: Error) => (error.cause as Error).message,
    );
  }

  progress(): Promise<BackfillProgress> {
    return this.handle.query<BackfillProgress>("progress");
  }

  async detailOf(name: StepName): Promise<string | undefined> {
    const { steps } = await this.progress();
    return steps.find((step) => step.name === name)?.detail;
  }

  /** Waits until a step is in a state and, where one is given, its detail contains a text. */
  async reaches(name: StepName, state: StepState, detail = ""): Promise<void> {
    await until(`${name} to be ${state} ${detail}`, 20, async () => {
      const { steps } = await this.progress();
      const step = steps.find((each) => each.name === name);
      return step?.state === state && (step.detail ?? "").includes(detail);
    });
  }

  /** Waits until an activity was called, so many times. */
  async hasCalled(name: string, times = 1): Promise<void> {
    await until(
      `${name} to be called`,
      20,
      () => this.timesCalled(name) >= times,
    );
  }

  timesCalled(name: string): number {
    return this.calls.filter((call) => call === name).length;
  }
}
