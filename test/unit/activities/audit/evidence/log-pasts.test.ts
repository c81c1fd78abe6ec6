import { logPasts } from "../../../../../activities/audit/evidence/log-pasts";
import type { Storage } from "../../../../../clients/storage";

/** Storage of which each write has a time of its own. */
function storage() {
  const files = new Map<string, { text: string; mtime: number }>();
  const counts = { reads: 0, writes: 0 };
  return {
    counts,
    storage: {
      list: async () =>
        [...files].map(([name, { mtime }]) => ({ name, mtime })),
      read: async ({ name }: { name: string }) => {
        counts.reads++;
        return JSON.parse(files.get(name)!.text) as unknown;
      },
      write: async ({ name }: { name: string }, value: unknown) =>
        void files.set(name, {
          text: JSON.stringify(value),
          mtime: ++counts.writes,
        }),
    } as unknown as Storage,
  };
}

test("a past is kept for other workers, written and read only where it has changed", async () => {
  const { storage: shared, counts } = storage();
  const [one, other] = [logPasts(shared), logPasts(shared)];
  const past = { misdated: { 0: "7" } };
  await one.keep("my.topic", past);
  expect([...(await other.read())]).toEqual([["my.topic", past]]);
  await other.read();
  await other.keep("my.topic", { misdated: { 0: "7" } });
  expect(counts).toEqual({ reads: 1, writes: 1 });
  await other.keep("my.topic", { misdated: { 0: "9" } });
  expect((await one.read()).get("my.topic")).toEqual({ misdated: { 0: "9" } });
});
