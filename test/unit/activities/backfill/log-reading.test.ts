import { CancelledFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { LogReading } from "../../../../activities/backfill/log-reading";

const SIZE = 32 << 20;
const PIECE = Buffer.from(
  "18/07/05 12:00:01 INFO Executor: a text that names no container\n".repeat(
    1000,
  ),
);

/** Reads a text of no container, of which piece after piece is given. @param given is told of each */
function reading(env: MockActivityEnvironment, given: (n: number) => void) {
  const hdfs = {
    open: async () => ({
      size: SIZE,
      read: async (_: number, n: number) => Buffer.alloc(n, "x"),
      async *pieces(_: number, n: number) {
        for (let i = 0; i * PIECE.length < n; i++) {
          given(i);
          yield PIECE;
        }
      },
    }),
  };
  const storage = { read: async () => undefined };
  const logs = new LogReading(
    { hdfs, storage } as never,
    "application_1530000000000_0007",
    [{ path: "/logs/a", length: SIZE }],
  );
  return env.run(() => logs.read());
}

test("a reading that is cancelled ends at once, also where it has found no container yet", async () => {
  const env = new MockActivityEnvironment();
  let pieces = 0;
  await expect(
    reading(env, () => {
      if (++pieces === 10) env.cancel("CANCELLED");
    }),
  ).rejects.toThrow(CancelledFailure);
  expect(pieces).toBe(10);
});
