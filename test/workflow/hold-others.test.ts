import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/client";
import { until } from "../../sandbox/platform/wait";
import { HDFS_DOWN, lastOutage } from "../support/outage";
import {
  APPROVED,
  fails,
  scriptedSagas,
  SETTINGS,
} from "../support/scripted-saga";

const withSaga = scriptedSagas();

/** Notes what is held and released, and what is done meanwhile, in their order. */
function schedules(extra: Record<string, () => Promise<unknown>> = {}) {
  const story: string[] = [];
  const note =
    (what: string) =>
    async (input: unknown): Promise<void> =>
      void story.push(`${what} ${(input as { of: string }).of}`);
  const during = (name: string, answer: unknown) => async () => {
    story.push(name);
    return answer;
  };
  return {
    story,
    script: {
      settings: async () => ({
        ...SETTINGS,
        holds: { importer: true, refine: true },
      }),
      hold: note("hold"),
      release: note("release"),
      resetImport: during("reset", { runs: 1 }),
      importReplayed: during("import", { runs: 1 }),
      clearFlags: during("clear flags", 1),
      awaitRefine: during("refine", { finalStatus: "SUCCEEDED", seconds: 1 }),
      ...extra,
    },
  };
}

test("the importer's and Refine's own schedules are held around what the saga does itself", async () => {
  const { story, script } = schedules();
  await withSaga(script, APPROVED, async (saga) => {
    await saga.result();
    expect(story).toEqual([
      "hold importer",
      "reset",
      "release importer",
      "hold importer",
      "import",
      "release importer",
      "hold refine",
      "clear flags",
      "refine",
      "release refine",
    ]);
  });
});

test("a pause while the command that holds is under way lets the schedule go, whatever became of it", async () => {
  const { story, script } = schedules();
  let isFirst = true;
  const hold = async (input: unknown) => {
    await script.hold(input);
    if (!isFirst) return;
    isFirst = false;
    await Context.current().cancelled;
  };
  await withSaga({ ...script, hold }, APPROVED, async (saga) => {
    await until("the hold", 30, () => story.includes("hold importer"));
    await saga.update("pause");
    await until("the release", 30, () => story.includes("release importer"));
    expect(story).toEqual(["hold importer", "release importer"]);
    await saga.update("resume");
    await saga.result();
  });
});

test("an abort lets go what is held", async () => {
  const { story, script } = schedules({ submitRefine: fails("no queue") });
  await withSaga(script, APPROVED, async (saga) => {
    await saga.reaches("refine", "failed");
    expect((await saga.progress()).undoable).toContain(
      "release the schedule of refine",
    );
    await saga.update("abort");
    expect(await saga.failure()).toContain(
      "release the schedule of refine: its own schedule starts it again",
    );
    // Positions are put back while the importer's schedule is held, too.
    expect(story.slice(-4)).toEqual([
      "clear flags",
      "release refine",
      "hold importer",
      "release importer",
    ]);
  });
});

test("a step that fails while the importer is held lets it go", async () => {
  const { story, script } = schedules({ resetImport: fails("YARN is down") });
  await withSaga(script, APPROVED, async (saga) => {
    await saga.reaches("reset import", "failed");
    expect(story).toEqual(["hold importer", "release importer"]);
    await saga.update("abort");
    await saga.failure();
  });
});

test("where the configuration has no commands, nothing is held", async () => {
  await withSaga({}, APPROVED, async (saga) => {
    await saga.result();
    expect(saga.calls).not.toContain("hold");
    expect(saga.calls).not.toContain("release");
  });
});

test("a service that is down is told and waited for, also where a schedule cannot be let go at once", async () => {
  let isDown = true;
  const { script } = schedules({
    resetImport: async () => {
      if (isDown) throw lastOutage();
      return { runs: 1 };
    },
    release: async () => {
      if (isDown) throw ApplicationFailure.nonRetryable("no such timer");
    },
  });
  await withSaga(script, APPROVED, async (saga) => {
    await saga.reaches("reset import", "stalled", HDFS_DOWN.message);
    isDown = false;
    await saga.result();
  });
}, 60_000);
