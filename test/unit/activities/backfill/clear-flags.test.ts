import { MockActivityEnvironment } from "@temporalio/testing";
import { createFlagActivities } from "../../../../activities/backfill/clear-flags";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import { Storage } from "../../../../clients/storage";
import { sagaPlaces } from "../../../../clients/storage-layout";
import type { Plan } from "../../../../domain/backfill/plan";
import { CONFIG } from "../../../chaos/memory/scenario";
import { MemoryHdfs } from "../../../chaos/memory/systems";

const flag = (schema: string) => `/wmf/data/event/${schema}/_REFINED`;

/** Two topics with a done flag each, both planned. */
async function planned() {
  const hdfs = new MemoryHdfs();
  const storage = new Storage(hdfs as unknown as Hdfs, "/wmf/data/sisyphus");
  const schemas = ["Edit", "Popups"];
  for (const schema of schemas) hdfs.put(flag(schema), `flag of ${schema}`);
  const plan = {
    flags: schemas.map((schema) => ({ topic: schema, path: flag(schema) })),
  } as unknown as Plan;
  const planRef = await storage.write({ folder: "t", name: "p.json" }, plan);
  const activities = createFlagActivities({
    config: CONFIG,
    hdfs: hdfs as unknown as Hdfs,
    storage,
  });
  const contentOf = (schema: string) =>
    hdfs.files.get(flag(schema))?.data.toString("utf8");
  const aside = async (): Promise<{ path: string; aside: string }[]> =>
    (await storage.read(sagaPlaces("test").removedFlags)) ?? [];
  return {
    hdfs,
    contentOf,
    aside,
    clear: (skip: string[] = []): Promise<number> =>
      new MockActivityEnvironment().run(() =>
        activities.clearFlags({ planRef, skip }),
      ),
    restore: (only?: string[]): Promise<number> =>
      new MockActivityEnvironment().run(() =>
        activities.restoreFlags({ planRef, ...(only ? { only } : {}) }),
      ),
  };
}

test("planned flags are taken away, those of skipped topics stay", async () => {
  const { clear, contentOf } = await planned();
  expect(await clear(["Popups"])).toBe(1);
  expect(contentOf("Edit")).toBeUndefined();
  expect(contentOf("Popups")).toBe("flag of Popups");
});

test("a second attempt counts what the first one took, and leaves the flags that Refine has set since", async () => {
  const { clear, contentOf, hdfs } = await planned();
  await clear();
  hdfs.put(flag("Edit"), "set by Refine");
  expect(await clear()).toBe(2);
  expect(contentOf("Edit")).toBe("set by Refine");
});

test("the flags of a topic that is taken out come back, those of the others stay away", async () => {
  const { clear, restore, contentOf } = await planned();
  await clear();
  expect(await restore(["Popups"])).toBe(1);
  expect(contentOf("Popups")).toBe("flag of Popups");
  expect(contentOf("Edit")).toBeUndefined();
});

test("flags come back as they were", async () => {
  const { clear, restore, contentOf } = await planned();
  await clear();
  expect(await restore()).toBe(2);
  expect(contentOf("Edit")).toBe("flag of Edit");
});

test("a flag that Refine has set since is not written over", async () => {
  const { clear, restore, contentOf, hdfs } = await planned();
  await clear();
  hdfs.put(flag("Edit"), "set by Refine");
  expect(await restore()).toBe(1);
  expect(contentOf("Edit")).toBe("set by Refine");
});

test("after flags were restored, an attempt that wakes up late takes none away", async () => {
  const { clear, restore, contentOf } = await planned();
  expect(await restore()).toBe(0);
  expect(await clear()).toBe(0);
  expect(contentOf("Edit")).toBe("flag of Edit");
});

test("an attempt that is killed between two flags leaves a record of where both of them lie or would lie", async () => {
  const { clear, contentOf, hdfs, aside } = await planned();
  const claim = hdfs.claim.bind(hdfs);
  const moved = jest.spyOn(hdfs, "claim").mockImplementation((from, to) => {
    if (from === flag("Popups")) throw new Error("killed");
    return claim(from, to);
  });
  await expect(clear()).rejects.toThrow("killed");
  const recorded = await aside();
  expect(recorded.map(({ path }) => path)).toEqual([flag("Edit"), flag("Popups")]); // prettier-ignore
  expect(await hdfs.readText(recorded[0]!.aside)).toBe("flag of Edit");
  moved.mockRestore();
  const again = jest.spyOn(hdfs, "claim");
  expect(await clear()).toBe(2);
  // What lies aside is not moved once more.
  const flagsMoved = again.mock.calls.filter(([from]) => from.endsWith("_REFINED")); // prettier-ignore
  expect(flagsMoved.map(([from]) => from)).toEqual([flag("Popups")]);
  expect(contentOf("Popups")).toBeUndefined();
});

test("a flag as long as the mark of a flag that was not there is a flag", async () => {
  const { clear, restore, contentOf, hdfs } = await planned();
  const content = "a flag of this size\n\n".slice(
    0,
    "no flag was here\n".length,
  );
  hdfs.put(flag("Edit"), content);
  expect(await clear()).toBe(2);
  expect(await restore()).toBe(2);
  expect(contentOf("Edit")).toBe(content);
});

test("a planned flag that was gone before is not counted, and none appears", async () => {
  const { clear, restore, contentOf, hdfs } = await planned();
  hdfs.files.delete(flag("Edit"));
  expect(await clear()).toBe(1);
  expect(await restore()).toBe(1);
  expect(contentOf("Edit")).toBeUndefined();
});
