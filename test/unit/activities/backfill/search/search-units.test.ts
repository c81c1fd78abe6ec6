import { MockActivityEnvironment } from "@temporalio/testing";
import { SearchUnits } from "../../../../../activities/backfill/search/search-units";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const env = new MockActivityEnvironment({
  workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
});
const inActivity = <T>(work: () => Promise<T>): Promise<T> => env.run(work);

test("a unit that is done is not done again by the attempt that takes over", async () => {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const units = new SearchUnits(storage);
  let reads = 0;
  const collect = () =>
    inActivity(() =>
      units.doneOnce("mysql/Edit_1-1-9", async (add) => {
        reads++;
        await add("a line");
      }),
    );
  const first = await collect();
  expect(await collect()).toEqual(first);
  expect(reads).toBe(1);
  expect(first.buckets.map(({ lines }) => lines)).toEqual([1]);
});

test("a source's units are put together bucket by bucket, with what could not be read", async () => {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const units = new SearchUnits(storage);
  const collected = await inActivity(async () => {
    const read = [];
    for (const file of ["all-events.log", "all-events.log.1"])
      read.push(
        await units.doneOnce(
          `archive-a/${file}`,
          async (add) => {
            await add(`${file} first`, 0);
            await add(`${file} second`, 1);
            await add(`${file} second too`, 1);
            const unreadable = [{ file, line: 4, error: "not JSON" }];
            return { files: [file], unreadable };
          },
          2,
        ),
      );
    const refs = await units.storeSource("archive-a", read, 2);
    return Promise.all(refs.map((ref) => storage.readRef<Collected>(ref)));
  });
  expect(collected.map(({ lines }) => lines)).toEqual([2, 4]);
  for (const { refs, files, unreadable } of collected) {
    expect(refs).toHaveLength(2);
    expect(files).toEqual(["all-events.log", "all-events.log.1"]);
    expect(unreadable).toHaveLength(2);
  }
  const [first] = collected[1]!.refs;
  expect(await storage.readRefText(first!)).toBe(
    "all-events.log second\nall-events.log second too\n",
  );
});

test("an attempt that wakes up late writes over nothing of the one that took over: other lines lie in other files", async () => {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const units = new SearchUnits(storage);
  let wakeUp!: () => void;
  const asleep = new Promise<void>((done) => (wakeUp = done));
  const collect = (lines: string[], before?: Promise<void>) =>
    inActivity(() =>
      units.doneOnce("held/kafka", async (add) => {
        await before;
        for (const line of lines) await add(line);
      }),
    );
  const late = collect(["b", "what has come since"], asleep);
  const recorded = await collect(["a", "b"]);
  wakeUp();
  expect(await late).toEqual(recorded);
  const [ref] = recorded.buckets[0]!.refs;
  expect(await storage.readRefText(ref!)).toBe("a\nb\n");
});

test("what an attempt has put together stays as it is when a late one puts less together", async () => {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const units = new SearchUnits(storage);
  const [all] = await inActivity(async () => {
    const unit = (file: string) =>
      units.doneOnce(`archive-a/${file}`, async (add) => {
        await add(file);
        return { files: [file] };
      });
    const both = [await unit("all-events.log"), await unit("all-events.log.1")];
    const refs = await units.storeSource("archive-a", both);
    await units.storeSource("archive-a", both.slice(0, 1));
    return refs;
  });
  expect(await storage.readRef<Collected>(all!)).toMatchObject({ lines: 2 });
});
