import { Worker } from "@temporalio/worker";
import type { LeaseBook, LeaseRequest } from "../../domain/backfill/leases";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { StepName } from "../../domain/backfill/steps";
import { until } from "../../sandbox/platform/wait";
import { leaseActivities } from "../support/lease-activities";
import { lastOutage } from "../support/outage";
import { ANSWERS, APPROVED, PLAN } from "../support/scripted-saga";
import { withTemporal } from "../support/temporal-hooks";

const temporal = withTemporal();

/** Which saga did what, in its order: `first replay`. */
let did: string[] = [];
beforeEach(() => (did = []));

/** The scripted activities, with real leases. Everything that a saga changes is noted under its name. */
async function withWorkers(
  /** Each is given the saga's name; `requestLease` what is asked for. */
  script: Record<string, (of: string) => Promise<unknown>>,
  use: () => Promise<void>,
) {
  const real = leaseActivities(temporal.env);
  const activities = {
    ...Object.fromEntries(
      Object.entries(ANSWERS).map(([name, answer]) => [
        name,
        async (_input: unknown, saga?: string) => {
          const who = saga!.replace(/^backfill\/(.*)@.*$/, "$1");
          did.push(`${who} ${name}`);
          return script[name] ? script[name](who) : answer;
        },
      ]),
    ),
    ...real,
    requestLease: async (request: LeaseRequest) => {
      await script["requestLease"]?.(request.resources.join());
      await real.requestLease(request);
    },
  };
  const shared = { connection: temporal.env.nativeConnection, activities };
  const [control, bulk, archive] = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: "control",
      workflowBundle: temporal.workflowBundle,
    }),
    Worker.create({ ...shared, taskQueue: "bulk" }),
    Worker.create({ ...shared, taskQueue: "archive@test" }),
  ]);
  await control.runUntil(() =>
    bulk.runUntil(() =>
      archive.runUntil(async () => {
        await use();
        await atRest();
      }),
    ),
  );
}

/**
 * Waits until nobody holds anything and the book is written: an activity that ended with this test's workers would keep the next test's sagas
 * waiting for its time-out.
 */
const atRest = () =>
  until("the book of leases to be at rest", 30, async () => {
    const handle = temporal.env.client.workflow.getHandle("leases");
    const { held, waiting } = await handle.query<LeaseBook>("progress");
    const { raw } = await handle.describe();
    return held.length + waiting.length + raw.pendingActivities!.length === 0;
  });

const start = (name: string) =>
  temporal.env.client.workflow.start("backfill", {
    workflowId: `backfill/${name}`,
    taskQueue: "control",
    args: [APPROVED],
  });
type Handle = Awaited<ReturnType<typeof start>>;

const waits = (saga: Handle, step: StepName, text: string) =>
  until(`${saga.workflowId} to say: ${text}`, 30, async () => {
    const { steps } = await saga.query<BackfillProgress>("progress");
    const { detail = "" } = steps.find(({ name }) => name === step)!;
    return detail.includes(text);
  });

const book = () =>
  temporal.env.client.workflow.getHandle("leases").query<LeaseBook>("progress");

/** A promise that somebody keeps by hand. */
function gate() {
  let open = () => undefined as void;
  const opened = new Promise<void>((done) => (open = done));
  return { open: () => open(), opened };
}

test("a second saga over the same topic changes nothing before the first has ended, and plans anew then", async () => {
  const { open, opened } = gate();
  const replayed = new Set<string>();
  await withWorkers(
    {
      // What the first has repaired the second does not find broken any more.
      makePlan: async () =>
        replayed.size > 0 ? { ...PLAN, topics: [], digest: "0" } : PLAN,
      replay: async (who) => {
        await opened;
        replayed.add(who);
        return ANSWERS["replay"];
      },
    },
    async () => {
      const first = await start("first");
      await until("the replay", 30, () => did.includes("first replay"));
      const second = await start("second");
      await waits(second, "approve", "waits for backfill/first");
      expect((await book()).waiting).toMatchObject([
        { workflowId: "backfill/second" },
      ]);
      open();
      expect(await first.result()).toMatchObject({ holds: true });
      expect(await second.result()).toEqual({
        dryRun: false,
        nothingToDo: true,
      });
      expect(did.filter((each) => each.startsWith("second"))).toEqual([
        "second settings",
        "second makePlan",
        "second makePlan",
      ]);
      await until("all leases to be given back", 30, async () => {
        const { held, waiting } = await book();
        return held.length + waiting.length === 0;
      });
    },
  );
}, 120_000);

test("a saga whose plan cannot be made anew gives back its leases, and does not wait for itself", async () => {
  let plans = 0;
  await withWorkers(
    {
      makePlan: async () => {
        if (++plans === 2) throw lastOutage();
        return PLAN;
      },
    },
    async () => {
      const saga = await start("stalled");
      expect(await saga.result()).toMatchObject({ holds: true });
      expect(plans).toBe(3);
    },
  );
}, 60_000);

test("sagas over different topics run side by side, but only one of them runs the importer", async () => {
  const { open, opened } = gate();
  await withWorkers(
    {
      makePlan: async (who) => ({
        ...PLAN,
        topics: [{ ...PLAN.topics[0], topic: `eventlogging_${who}` }],
      }),
      importReplayed: async (who) => {
        if (who === "a") await opened;
        return ANSWERS["importReplayed"];
      },
    },
    async () => {
      const a = await start("a");
      await until("the import", 30, () => did.includes("a importReplayed"));
      const b = await start("b");
      await waits(
        b,
        "reset import",
        "waits for backfill/a, which has the importer",
      );
      expect(did).not.toContain("b resetImport");
      open();
      await Promise.all([a.result(), b.result()]);
      expect(did).toContain("b importReplayed");
    },
  );
}, 120_000);

test("a saga that was aborted while it waited wants nothing any more", async () => {
  const { open, opened } = gate();
  await withWorkers(
    {
      replay: async () => {
        await opened;
        return ANSWERS["replay"];
      },
    },
    async () => {
      const first = await start("first");
      await until("the replay", 30, () => did.includes("first replay"));
      const second = await start("second");
      await waits(second, "approve", "waits for backfill/first");
      await second.executeUpdate("abort", { args: ["enough"] });
      await second.result().catch(() => undefined);
      await until("the book to forget it", 30, async () => {
        const { waiting } = await book();
        return waiting.length === 0;
      });
      expect(did).not.toContain("second holdRetention");
      open();
      await first.result();
    },
  );
}, 120_000);

test("what a saga holds stays its own where the book of leases was terminated, and is free once it has ended", async () => {
  const { open, opened } = gate();
  await withWorkers(
    {
      replay: async (who) => {
        if (who === "holder") await opened;
        return ANSWERS["replay"];
      },
    },
    async () => {
      const holder = await start("holder");
      await until("the replay", 30, () => did.includes("holder replay"));
      await temporal.env.client.workflow
        .getHandle("leases")
        .terminate("a mistake");
      const next = await start("next");
      await waits(next, "approve", "waits for backfill/holder");
      expect(did).not.toContain("next holdRetention");
      open();
      await Promise.all([holder.result(), next.result()]);
    },
  );
}, 120_000);

test("a request that comes to the book after it was withdrawn blocks nobody", async () => {
  const { open, opened } = gate();
  let isFirst = true;
  await withWorkers(
    {
      requestLease: async (resources) => {
        if (resources !== "importer" || !isFirst) return;
        isFirst = false;
        await opened;
      },
    },
    async () => {
      const own = await start("own");
      await until("the request to be under way", 30, () => !isFirst);
      await own.executeUpdate("pause");
      await until("the request to be withdrawn", 30, async () => {
        const { steps } = await own.query<BackfillProgress>("progress");
        return steps.some(({ detail }) => detail?.includes("interrupted"));
      });
      open();
      await own.executeUpdate("resume");
      expect(await own.result()).toMatchObject({ holds: true });
    },
  );
}, 120_000);

test("what a terminated saga held is free once another wants it", async () => {
  const { open, opened } = gate();
  await withWorkers(
    {
      replay: async (who) => {
        if (who === "dead") await opened;
        return ANSWERS["replay"];
      },
    },
    async () => {
      const dead = await start("dead");
      await until("the replay", 30, () => did.includes("dead replay"));
      await dead.terminate("an operator's mistake");
      const heir = await start("heir");
      expect(await heir.result()).toMatchObject({ holds: true });
      open();
    },
  );
}, 120_000);
