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

test("once a call has failed, no other is begun, and it is told when those in flight have ended", async () => {
  const begun: number[] = [];
  let finish = () => undefined as void;
  const slow = new Promise<void>((done) => (finish = done));
  let isTold = false;
  const all = mapPool([0, 1, 2, 3], 2, async (n) => {
    begun.push(n);
    if (n === 0) throw new Error("failed");
    await slow;
    throw new Error("failed later");
  }).finally(() => (isTold = true));
  all.catch(() => undefined);
  await new Promise((done) => setImmediate(done));
  expect(isTold).toBe(false);
  finish();
  await expect(all).rejects.toThrow(/^failed$/);
  expect(begun).toEqual([0, 1]);
});
