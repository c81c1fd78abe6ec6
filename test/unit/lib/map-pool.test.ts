import { mapPool } from "../../../lib/map-pool";

test("results come in the order of the items, and no more calls than the width are in flight", async () => {
  let inFlight = 0;
  let most = 0;
  const results = await mapPool([3, 1, 2, 0], 2, async (n) => {
    most = Math.max(most, ++inFlight);
    for (let i = 0; i < n; i++) await Promise.resolve();
    inFlight--;
    return n * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test("once a call has failed, no other is begun", async () => {
  const begun: number[] = [];
  let finish = () => undefined as void;
  const slow = new Promise<void>((done) => (finish = done));
  const all = mapPool([0, 1, 2, 3], 2, async (n) => {
    begun.push(n);
    if (n === 0) throw new Error("failed");
    await slow;
  });
  await expect(all).rejects.toThrow("failed");
  finish();
  await slow;
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
});
