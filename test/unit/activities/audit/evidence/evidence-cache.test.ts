import {
  type BatchMemory,
  emptyMemory,
  EvidenceCache,
  unforgettable,
} from "../../../../../activities/audit/evidence/evidence-cache";
import { Storage } from "../../../../../clients/storage";
import {
  memoryPlace,
  memoryTopicsPlaces,
} from "../../../../../clients/storage-layout";
import { hourStart, HOUR_MS } from "../../../../../lib/hour";
import { MemoryHdfs } from "../../../../chaos/memory/systems";

const M = "eventlogging_M";
const N = "eventlogging_N";
const RANGE = { since: "2018-07-05T00", until: "2018-07-05T05" };

/** Audits that see a topic's log end at an offset each, in batches, an hour after one another. */
function audits() {
  const storage = new Storage(new MemoryHdfs() as never, "/sisyphus");
  let now = hourStart(RANGE.until);
  // Each batch may be another worker's.
  const cache = () => new EvidenceCache(storage, () => now);
  const load = (shard: string, topics: string[]) => cache().load(shard, topics);
  const save = (shard: string, memory: BatchMemory) =>
    cache().save(shard, memory, RANGE);
  return {
    storage,
    load,
    save,
    after: (hours: number) => (now += hours * HOUR_MS),
    /** Audits a batch. @returns where each topic's log had ended when it was seen before */
    async see(shard: string, topics: Record<string, string>) {
      const memory = await load(shard, Object.keys(topics));
      const before = endsOf(memory);
      for (const [topic, end] of Object.entries(topics))
        memory.topics[topic] = {
          ...(memory.topics[topic] ?? emptyMemory()),
          log: { at: now, bounds: { 0: { start: "0", end } } },
        };
      await save(shard, memory);
      return before;
    },
  };
}

const endsOf = ({ topics }: BatchMemory) =>
  Object.fromEntries(
    Object.entries(topics).map(([topic, { log }]) => [
      topic,
      log?.bounds[0]?.end,
    ]),
  );

test("a topic that another one moved into the next batch is remembered there", async () => {
  const { see, after } = audits();
  await see("0000", { [M]: "10" });
  after(1);
  // The batch that it was in is done first, and has not forgotten it.
  expect(await see("0000", { [N]: "1" })).toEqual({});
  expect(await see("0001", { [M]: "20" })).toEqual({ [M]: "10" });
});

test("a topic that comes back into a batch brings what was seen of it meanwhile", async () => {
  const { see, after } = audits();
  await see("0000", { [M]: "10" });
  after(1);
  await see("0000", { [N]: "1" });
  await see("0001", { [M]: "20" });
  after(1);
  // The last batch is gone, and its file stays as it is.
  expect(await see("0000", { [M]: "30", [N]: "2" })).toEqual({
    [M]: "20",
    [N]: "1",
  });
  after(1);
  await see("0000", { [N]: "3" });
  expect(await see("0001", { [M]: "40" })).toEqual({ [M]: "30" });
});

test("a batch hands on what no other has taken, as long as audits look back", async () => {
  const { see, load, after } = audits();
  await see("0000", { [M]: "10" });
  after(1);
  await see("0000", { [N]: "1" });
  expect(endsOf(await load("0001", [M]))).toEqual({ [M]: "10" });
  expect(Object.keys((await load("0000", [N])).others)).toEqual([M]);
  await see("0001", { [M]: "20" });
  expect((await load("0000", [N])).others).toEqual({});
});

test("what was not audited for as long as audits look back is forgotten", async () => {
  const { see, load, save, after } = audits();
  await see("0000", { [M]: "10" });
  after(1);
  const memory = await load("0000", [N]);
  memory.others[M]!.at = hourStart(RANGE.since) - 1;
  await save("0000", memory);
  expect((await load("0001", [M])).topics).toEqual({});
});

test("what cannot be read is not remembered, and stops nothing", async () => {
  const { see, load, storage } = audits();
  await see("0000", { [M]: "10" });
  await storage.writeText(memoryTopicsPlaces.ofBatch("0001"), "{");
  expect(endsOf(await load("0000", [M]))).toEqual({ [M]: "10" });
  await storage.writeText(memoryPlace("0000"), "no gzip");
  expect((await load("0000", [M])).topics).toEqual({});
});

test("memory of a version that kept no list of a batch's topics is taken by its batch", async () => {
  const { see, load, storage } = audits();
  await see("0000", { [M]: "10" });
  await storage.write(memoryTopicsPlaces.ofBatch("0000"), {});
  expect(endsOf(await load("0000", [M]))).toEqual({ [M]: "10" });
});

test("of a topic that could not be read once, all is remembered that nothing else tells", () => {
  const told = {
    log: { at: 1, bounds: {} },
    wasGone: true as const,
    clock: { asOf: 1, behind: 2 },
    stood: { 0: "9" },
    replaced: { cause: "topic-deleted" as const, why: "it is gone" },
    misdated: { 0: "7" },
    traffic: {},
  };
  expect(unforgettable({ ...emptyMemory(), ...told })).toEqual({
    ...emptyMemory(),
    ...told,
  });
});
