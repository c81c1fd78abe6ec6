import {
  ActivityCancellationDetails,
  CancelledFailure,
} from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import {
  type SparkJob,
  sparkSubmitCommand,
  Submitter,
} from "../../../../activities/backfill/submitter";
import { tagOf } from "../../../../activities/backfill/yarn-tag";
import type { Application, Yarn } from "../../../../clients/yarn/yarn";

const JOB: SparkJob = {
  submit: ["spark-submit", "--master", "yarn"],
  tag: tagOf("backfill/Edit", "refine"),
  name: "refine_backfill/Edit",
  class: "Refine",
  jar: "/refine.jar",
  arguments: ["--since", "2018-07-05T03:00:01"],
};

/** A cluster on which the command starts an application; some may be there already. */
function cluster(apps: Partial<Application>[] = [], code = 0) {
  const commands: string[][] = [];
  const killed: string[] = [];
  const yarn = {
    byTag: async () => apps,
    kill: async (id: string) => void killed.push(id),
  } as unknown as Yarn;
  const submitter = new Submitter(yarn, {
    awaitOthers: async (_driver, look) => void (await look()),
    run: async (_driver, argv) => {
      commands.push(argv);
      if (code === 0) apps.push({ id: `app_${apps.length}`, state: "RUNNING" });
      return { code, output: "no queue of that name" };
    },
    runsHere: () => false,
  });
  return {
    commands,
    killed,
    submit: (before?: () => Promise<void>): Promise<Application> =>
      new MockActivityEnvironment().run(() => submitter.submit(JOB, before)),
  };
}

test("the command carries class, name, tag, jar and arguments, and does not wait for the end", () => {
  expect(sparkSubmitCommand(JOB)).toEqual([
    ...["spark-submit", "--master", "yarn"],
    ...["--class", "Refine", "--name", "refine_backfill/Edit"],
    ...["--conf", "spark.yarn.tags=sisyphus-backfill_edit-refine"],
    ...["--conf", "spark.yarn.submit.waitAppCompletion=false"],
    "/refine.jar",
    ...["--since", "2018-07-05T03:00:01"],
  ]);
});

test("what an earlier attempt submitted is found again, not submitted twice", async () => {
  const { submit, commands } = cluster([
    { id: "app_of_before", state: "RUNNING" },
  ]);
  expect((await submit()).id).toBe("app_of_before");
  expect(commands).toEqual([]);
});

test("an application that failed is submitted again", async () => {
  const { submit, commands } = cluster([
    { id: "failed", state: "FINISHED", finalStatus: "FAILED" },
  ]);
  expect((await submit()).id).toBe("app_1");
  expect(commands).toHaveLength(1);
});

test("of two with the same tag the first stays and the other is killed", async () => {
  const { submit, killed } = cluster([
    { id: "first", state: "FINISHED", finalStatus: "SUCCEEDED" },
    { id: "twin", state: "RUNNING" },
  ]);
  expect((await submit()).id).toBe("first");
  expect(killed).toEqual(["twin"]);
});

test("nothing is submitted where it is not allowed now", async () => {
  const { submit, commands } = cluster();
  await expect(
    submit(() => Promise.reject(new Error("another Refine is running"))),
  ).rejects.toThrow("another Refine is running");
  expect(commands).toEqual([]);
});

/**
 * Waits for two applications that do not end, until its activity is told to end.
 * @param fails what YARN does not answer any more then
 * @returns what was killed
 */
async function killedWhen(
  why: { cancelRequested: true } | { workerShutdown: true },
  fails?: "application" | "byTag" | "kill",
) {
  const env = new MockActivityEnvironment();
  const killed: string[] = [];
  const apps = ["app_1", "app_2"].map((id) => ({ id, state: "RUNNING" }));
  let isCancelled = false;
  const answered = (what: typeof fails) => {
    if (isCancelled && what === fails) throw new Error("YARN does not answer");
  };
  const yarn = {
    byTag: async () => {
      answered("byTag");
      return isCancelled ? apps : apps.slice(0, 1);
    },
    application: async () => {
      isCancelled = true;
      env.cancel(
        "cancelRequested" in why ? "CANCELLED" : "WORKER_SHUTDOWN",
        new ActivityCancellationDetails(why),
      );
      answered("application");
      return apps[0];
    },
    kill: async (id: string) => {
      if (id === "app_1") answered("kill");
      killed.push(id);
    },
  } as unknown as Yarn;
  const submitter = new Submitter(yarn, {
    awaitOthers: async () => undefined,
    run: async () => ({ code: 0, output: "" }),
    runsHere: () => false,
  });
  await expect(
    env.run(() => submitter.submitAndAwait(JOB, () => undefined)),
  ).rejects.toBeInstanceOf(CancelledFailure);
  return killed;
}

test("applications that are waited for end when that is cancelled, as far as YARN answers", async () => {
  const why = { cancelRequested: true } as const;
  expect(await killedWhen(why)).toEqual(["app_1", "app_2"]);
  expect(await killedWhen(why, "application")).toEqual(["app_1", "app_2"]);
  expect(await killedWhen(why, "kill")).toEqual(["app_2"]);
  expect(await killedWhen(why, "byTag")).toEqual([]);
});

test("an application goes on when the worker that waits for it shuts down", async () => {
  expect(await killedWhen({ workerShutdown: true })).toEqual([]);
});

test("a command that fails says what it printed", async () => {
  const { submit } = cluster([], 1);
  await expect(submit()).rejects.toThrow(
    "spark-submit ended with 1: no queue of that name",
  );
});

test("a submitter of the same class on this host is seen, a container that runs it is not asked for", () => {
  const asked: string[][] = [];
  const submitter = new Submitter(
    {} as Yarn,
    {
      runsHere: (...texts: string[]) => asked.push(texts) > 0,
    } as unknown as ConstructorParameters<typeof Submitter>[1],
  );
  expect(submitter.isSubmitting("Refine")).toBe(true);
  expect(asked).toEqual([["org.apache.spark.deploy.SparkSubmit", "Refine"]]);
});
