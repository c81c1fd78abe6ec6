import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/client";
import { until } from "../../sandbox/platform/wait";
import {
  APPROVED,
  fails,
  PLAN,
  RANGE,
  scriptedSagas,
  SETTINGS,
} from "../support/scripted-saga";

const withSaga = scriptedSagas();

test("a dry run ends with the plan and changes nothing", async () => {
  await withSaga({}, { ...RANGE, dryRun: true }, async (saga) => {
    expect(await saga.result()).toEqual({ dryRun: true, plan: PLAN });
    expect(saga.calls).toEqual(["settings", "makePlan"]);
  });
});

test("nothing happens before this very plan is approved", async () => {
  await withSaga({}, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    expect(await saga.refusal("approve", "another")).toContain(
      "the digest is not this plan's: given another",
    );
    expect(saga.calls).toEqual(["settings", "makePlan"]);
    await saga.update("approve", PLAN.digest);
    expect(await saga.result()).toMatchObject({
      holds: true,
      numbers: { replayed: { landed: 3, twice: 0 } },
    });
    expect(
      saga.calls.slice(2).filter((call) => !call.startsWith("collect")),
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
  await withSaga({ makePlan }, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    await saga.update("approve", "1".repeat(64));
    await until(
      "the new plan, and word that it is to be approved",
      20,
      async () =>
        (await saga.detailOf("approve"))?.includes("its inputs have changed"),
    );
    expect((await saga.progress()).plan?.digest).toBe("2".repeat(64));
    expect(saga.calls).not.toContain("holdRetention");
    expect(await saga.refusal("approve", "1".repeat(64))).toContain(
      "the digest is not this plan's",
    );
    await saga.update("approve", "2".repeat(64));
    expect(await saga.result()).toMatchObject({ holds: true });
  });
});

test("a plan that has become too old is not approved before it is made anew", async () => {
  const settings = async () => ({ ...SETTINGS, planMaxAgeMinutes: 0 });
  await withSaga({ settings }, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    expect(await saga.refusal("approve", PLAN.digest)).toContain(
      "allowed are 0 (plan.maxAgeMinutes): send replan",
    );
    await saga.update("replan");
    await saga.hasCalled("makePlan", 2);
    expect(saga.calls).not.toContain("holdRetention");
    await saga.update("abort");
    await saga.failure();
  });
});

test("a running job of somebody else is ended at an operator's word, in the middle of a step", async () => {
  let end = () => undefined as void;
  const joinMissing = async () => {
    await new Promise<void>((done) => (end = done));
    throw ApplicationFailure.nonRetryable("enough");
  };
  await withSaga({ joinMissing }, APPROVED, async (saga) => {
    await saga.hasCalled("joinMissing");
    expect(await saga.refusal("killJob", "7")).toContain(
      "application: given 7",
    );
    expect(await saga.update("killJob", "application_1_7")).toBe(
      "json_refine (application_1_7) of otto was killed",
    );
    expect(saga.calls).toContain("killJob");
    end();
    await saga.reaches("find missing", "failed");
    await saga.cancel();
    await saga.ends();
  });
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
    APPROVED,
    async (saga) => {
      await until("the replay", 20, () => tries.length === 1);
      await saga.update("pause");
      await saga.reaches("replay", "running", "interrupted");
      expect(tries).toHaveLength(1);
      await saga.update("resume");
      await until("the replay again", 20, () => tries.length === 2);
      await saga.update("skipTopic", "eventlogging_Edit");
      expect(await saga.refusal("skipTopic", "eventlogging_Edit")).toBe(
        "eventlogging_Edit is skipped already",
      );
      expect(await saga.refusal("skipTopic", "eventlogging_Other")).toBe(
        "eventlogging_Other is the last one: abort instead",
      );
      await saga.result();
      expect(tries).toEqual([["eventlogging_Edit"], ["eventlogging_Edit"], []]);
      expect(saga.timesCalled("replayStarts")).toBe(1);
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
  await withSaga({ replay }, APPROVED, async (saga) => {
    await saga.reaches("replay", "failed");
    expect(await saga.detailOf("replay")).toBe("Kafka is out of order");
    await saga.update("retryStep");
    await saga.result();
    // Where the replay began is asked once: a second asking would overlook what the first attempt landed.
    expect(saga.timesCalled("replayStarts")).toBe(1);
  });
});

test("a paused saga starts no step until it is resumed", async () => {
  await withSaga({}, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    await saga.update("pause");
    await saga.update("approve", PLAN.digest);
    await saga.reaches("approve", "done");
    expect(await saga.refusal("pause")).toContain("paused already");
    expect(saga.calls).not.toContain("holdRetention");
    await saga.update("resume");
    await saga.result();
    expect(saga.calls).toContain("writeReport");
  });
});

test("updates that make no sense are refused with the reason", async () => {
  await withSaga({}, RANGE, async (saga) => {
    await saga.reaches("approve", "running");
    expect(await saga.refusal("retryStep")).toContain("no step has failed");
    expect(await saga.refusal("resume")).toContain("not paused");
    expect(await saga.refusal("skipTopic", "nope")).toContain(
      "nope is not in the plan",
    );
    await saga.update("abort");
    await saga.failure();
  });
});

test("a refused Refine job ends the saga before anything was done", async () => {
  await withSaga(
    { makePlan: fails("refused to refine with JsonRefine") },
    RANGE,
    async (saga) => {
      expect(await saga.failure()).toBeTruthy();
      expect(saga.calls).toEqual(["settings", "makePlan"]);
    },
  );
});

test("a bad input from the Web UI's form fails with the text the CLI gives", async () => {
  await withSaga(
    {},
    { since: "2018-07-05", until: "2018-07-05T02" },
    async (saga) => {
      expect(await saga.failure()).toContain(
        "since: an hour is written 2018-07-05T03 (UTC)",
      );
      expect(saga.calls).toEqual([]);
    },
  );
});

test("where nobody refines and there is no archive, the steps for them have nothing to do, and say so", async () => {
  const { refine: _, ...unrefined } = PLAN;
  await withSaga(
    {
      settings: async () => ({
        ...SETTINGS,
        archiveQueue: "bulk",
        withoutArchive: true,
      }),
      makePlan: async () => ({ ...unrefined, flags: 0 }),
    },
    APPROVED,
    async (saga) => {
      expect(await saga.result()).toMatchObject({
        holds: true,
        numbers: { flagsRemoved: 0, replayed: { landed: 3 } },
      });
      for (const call of [
        ...["collectArchive", "clearFlags", "submitRefine", "awaitRefine"],
        "scanLogs",
      ])
        expect(saga.calls).not.toContain(call);
      const { steps } = await saga.progress();
      for (const name of ["clear flags", "refine", "scan logs"])
        expect(steps.find((step) => step.name === name)).toMatchObject({
          state: "done",
          detail: "nothing to do: nobody refines this pipeline",
        });
    },
  );
});
