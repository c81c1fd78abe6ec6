import fc from "fast-check";
import { batches, Throttle } from "../../../lib/throttle";

const UNBOUNDED = { eventsPerSecond: Infinity, bytesPerSecond: Infinity };

/** Sends whatever is due next, as the replay does; the time (ms) at which the last batch went. */
function play(
  throttle: Throttle,
  sent: { topic: string; events: number; bytes: number }[],
): { topic: string; at: number }[] {
  let now = 0;
  return sent.map(({ topic, events, bytes }) => {
    now = Math.max(now, throttle.due(topic));
    throttle.sent(topic, events, bytes, now);
    return { topic, at: now };
  });
}

test("no more than the rate goes out, whichever of events and bytes is nearer to its bound", () => {
  const rate = { eventsPerSecond: 100, bytesPerSecond: 1000 };
  const small = Array.from({ length: 11 }, () => ({
    topic: "a",
    events: 100,
    bytes: 10,
  }));
  expect(play(new Throttle(rate, UNBOUNDED), small).at(-1)!.at).toBe(10_000);
  const large = Array.from({ length: 11 }, () => ({
    topic: "a",
    events: 1,
    bytes: 2000,
  }));
  expect(play(new Throttle(rate, UNBOUNDED), large).at(-1)!.at).toBe(20_000);
});

test("a topic at its own bound holds no other up", () => {
  const each = { eventsPerSecond: 10, bytesPerSecond: Infinity };
  const throttle = new Throttle(UNBOUNDED, each);
  throttle.sent("busy", 100, 0, 0);
  expect(throttle.due("busy")).toBe(10_000);
  expect(throttle.due("other")).toBe(0);
});

test("over any second and more, what goes out stays within the rate plus one batch", () => {
  const batch = fc.record({
    topic: fc.constantFrom("a", "b", "c"),
    events: fc.integer({ min: 1, max: 50 }),
    bytes: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(fc.array(batch, { minLength: 2, maxLength: 60 }), (sent) => {
      const rate = { eventsPerSecond: 20, bytesPerSecond: 2000 };
      const times = play(new Throttle(rate, rate), sent);
      for (let i = 0; i < sent.length; i++)
        for (let j = i + 1; j < sent.length; j++) {
          const seconds = (times[j]!.at - times[i]!.at) / 1000;
          const events = sent.slice(i, j).reduce((sum, b) => sum + b.events, 0);
          expect(events).toBeLessThanOrEqual(seconds * 20 + 1e-6);
        }
    }),
  );
});

test("batches keep every message once and in order, and exceed no bound unless one message does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 100 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 500 }),
      (sizes, maxItems, maxBytes) => {
        const cut = [...batches(sizes, (n) => n, maxItems, maxBytes)];
        expect(cut.flatMap((b) => b.items)).toEqual(sizes);
        for (const b of cut) {
          expect(b.items.length).toBeLessThanOrEqual(maxItems);
          if (b.items.length > 1) expect(b.bytes).toBeLessThanOrEqual(maxBytes);
        }
      },
    ),
  );
});
