import { MockActivityEnvironment } from "@temporalio/testing";
import { createFlagActivities } from "../../../../activities/backfill/clear-flags";
import { FlagsSetSince } from "../../../../activities/backfill/flags-set-since";
import { sagaId } from "../../../../activities/backfill/saga-id";
import { createSubmitRefineActivities } from "../../../../activities/backfill/submit-refine";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import { Storage } from "../../../../clients/storage";
import type { Application, Yarn } from "../../../../clients/yarn/yarn";
import type { Plan } from "../../../../domain/backfill/plan";
import {
  CONFIG,
  dirOf,
  HOURS,
  PLAN,
  SHA,
  topicOf,
} from "../../../chaos/memory/scenario";
import { MemoryHdfs } from "../../../chaos/memory/systems";

const flag = (schema: string, hour = HOURS[0]!) =>
  `${dirOf(schema, hour)}/_REFINED`;

/** The plan of the chaos world: `Outdated` has planned flags, `Lost` and `Thin` have planned hours without any, `Bystander` none of both. */
async function world() {
  const hdfs = new MemoryHdfs();
  const storage = new Storage(hdfs as unknown as Hdfs, "/wmf/data/sisyphus");
  for (const { path } of PLAN.flags) hdfs.put(path, "planned");
  const planRef = await storage.write<Plan>(
    { folder: "t", name: "plan.json" },
    PLAN,
  );
  const deps = { config: CONFIG, hdfs: hdfs as unknown as Hdfs, storage };
  const flags = createFlagActivities(deps);
  const apps: Application[] = [];
  const queue = { isFull: false };
  const { submitRefine } = createSubmitRefineActivities({
    ...deps,
    yarn: {
      running: async () => [],
      byTag: async () => apps,
      link: () => "",
    } as unknown as Yarn,
    // As the real one: what has been submitted is found again.
    submitter: {
      isSubmitting: () => false,
      submit: async (_job, beforeSubmitting) => {
        if (apps.length === 0) {
          await beforeSubmitting?.();
          if (queue.isFull) throw new Error("the queue is full");
          apps.push({ id: "application_1_1" } as Application);
        }
        return apps[0]!;
      },
    },
    digestOf: () => Promise.resolve(SHA),
  });
  const env = new MockActivityEnvironment();
  return {
    hdfs,
    apps,
    queue,
    has: (path: string) => hdfs.files.has(path),
    contentOf: (path: string) => hdfs.files.get(path)?.data.toString("utf8"),
    setSince: new FlagsSetSince(deps),
    env,
    clear: () => env.run(() => flags.clearFlags({ planRef, skip: [] })),
    submit: (skip: string[] = []) =>
      env.run(() => submitRefine({ job: PLAN.refine!, planRef, skip })),
    restore: () => env.run(() => flags.restoreFlags({ planRef })),
  };
}

test("flags that others have set since the saga cleared them are taken away before its Refine", async () => {
  const { hdfs, has, clear, submit } = await world();
  hdfs.put(
    flag("Thin"),
    "set before, and left where it is: its raw hour is newer",
  );
  await clear();
  hdfs.put(flag("Outdated"), "set anew by an outdated job");
  hdfs.put(flag("Lost"), "set by an outdated job");
  hdfs.put(`${dirOf("Lost", HOURS[1]!)}/_REFINE_FAILED`, "");
  hdfs.put(flag("Bystander"), "in no plan");
  expect(await submit()).toMatchObject({ flagsSetSince: 3 });
  expect(has(flag("Outdated"))).toBe(false);
  expect(has(flag("Lost"))).toBe(false);
  expect(has(flag("Thin"))).toBe(true);
  expect(has(flag("Bystander"))).toBe(true);
});

test("flags that the saga's own Refine has set stay, whoever asks again", async () => {
  const { hdfs, has, clear, submit } = await world();
  await clear();
  expect(await submit()).not.toHaveProperty("flagsSetSince");
  hdfs.put(flag("Outdated"), "refined");
  await submit();
  expect(has(flag("Outdated"))).toBe(true);
});

test("an attempt that wakes up when Refine is submitted already takes only what is older", async () => {
  const { hdfs, has, clear, setSince, env } = await world();
  await clear();
  const id = (await env.run(async () => sagaId())) as string;
  hdfs.put(flag("Lost"), "set by an outdated job");
  await env.run(() => setSince.submitting(id));
  hdfs.put(flag("Outdated"), "refined");
  await expect(env.run(() => setSince.takeAway(id, PLAN, []))).resolves.toBe(1);
  expect(has(flag("Lost"))).toBe(false);
  expect(has(flag("Outdated"))).toBe(true);
});

test("an attempt that wakes up once another has submitted Refine takes no flag of that one", async () => {
  const { hdfs, has, clear, submit, setSince, env, apps } = await world();
  await clear();
  const id = (await env.run(async () => sagaId())) as string;
  const list = hdfs.list.bind(hdfs);
  let frozenAt: string | undefined;
  hdfs.list = async (path) => {
    if (frozenAt === undefined) {
      frozenAt = path;
      await env.run(() => setSince.submitting(id));
      apps.push({ id: "application_1_1" } as Application);
      hdfs.put(`${path}/_REFINED`, "refined");
    }
    return list(path);
  };
  await submit();
  expect(has(`${frozenAt}/_REFINED`)).toBe(true);
});

test("flags that others set after an attempt failed to submit are taken away, too", async () => {
  const { hdfs, has, clear, submit, queue } = await world();
  await clear();
  queue.isFull = true;
  await expect(submit()).rejects.toThrow("the queue is full");
  hdfs.put(flag("Outdated"), "set by an outdated job meanwhile");
  queue.isFull = false;
  await submit();
  expect(has(flag("Outdated"))).toBe(false);
});

test("the flags of skipped topics stay", async () => {
  const { hdfs, has, clear, submit } = await world();
  await clear();
  hdfs.put(flag("Lost"), "set since");
  await submit([topicOf("Lost")]);
  expect(has(flag("Lost"))).toBe(true);
});

test("an abort writes the saga's flags back, and of hours that had none the one that was set since", async () => {
  const { hdfs, contentOf, clear, submit, restore } = await world();
  await clear();
  hdfs.put(flag("Outdated"), "set anew by an outdated job");
  hdfs.put(flag("Lost"), "set by somebody");
  await submit();
  await restore();
  expect(contentOf(flag("Outdated"))).toBe("planned");
  expect(contentOf(flag("Lost"))).toBe("set by somebody");
});
