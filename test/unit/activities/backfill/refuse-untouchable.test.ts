import { MockActivityEnvironment } from "@temporalio/testing";
import { createFlagActivities } from "../../../../activities/backfill/clear-flags";
import { createRetentionActivities } from "../../../../activities/backfill/hold-retention";
import { createSubmitRefineActivities } from "../../../../activities/backfill/submit-refine";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import { Storage } from "../../../../clients/storage";
import { CONFIG } from "../../../chaos/memory/scenario";
import { MemoryHdfs } from "../../../chaos/memory/systems";

const PATH = "/wmf/data/event/Edit/_REFINED";
const RANGE = { since: "2018-07-05T03", until: "2018-07-05T06" };
const RULE = { topics: "Edit", reason: "legal hold" };
const OF_HOURS = { ...RULE, since: "2018-07-05T05", until: "2018-07-05T07" };

/** A plan that was made before the list. */
async function world(rule: object) {
  const hdfs = new MemoryHdfs();
  hdfs.put(PATH, "flag");
  const storage = new Storage(hdfs as unknown as Hdfs, "/wmf/data/sisyphus");
  const planRef = await storage.write(
    { folder: "t", name: "p.json" },
    {
      range: RANGE,
      topics: [{ topic: "Edit" }],
      flags: [{ topic: "Edit", path: PATH }],
    },
  );
  const config = { ...CONFIG, repair: { neverTouch: [rule] } };
  const deps = { config, hdfs, storage } as never;
  const env = new MockActivityEnvironment();
  return {
    hdfs,
    clear: (skip: string[] = []) =>
      env.run(() =>
        createFlagActivities(deps).clearFlags({ planRef, skip }),
      ) as Promise<number>,
    hold: () =>
      env.run(() =>
        createRetentionActivities(deps).holdRetention({
          topics: ["Edit"],
          oldest: RANGE.since,
          asOf: "2018-07-05T07:00:00Z",
        }),
      ),
    submit: () =>
      env.run(() =>
        createSubmitRefineActivities(deps).submitRefine({
          job: CONFIG.refine as never,
          planRef,
        }),
      ),
  };
}

test.each([RULE, OF_HOURS])(
  "flags of what must never be touched stay, and Refine is not submitted: %j",
  async (rule) => {
    const { clear, submit, hdfs } = await world(rule);
    await expect(clear()).rejects.toThrow("must never be touched");
    expect(hdfs.files.has(PATH)).toBe(true);
    await expect(submit()).rejects.toThrow("legal hold");
  },
);

test("its retention is not held", async () => {
  const { hold } = await world(RULE);
  await expect(hold()).rejects.toThrow("must never be touched");
});

test("a topic that an operator has skipped holds nobody up", async () => {
  const { clear } = await world(RULE);
  expect(await clear(["Edit"])).toBe(0);
});
