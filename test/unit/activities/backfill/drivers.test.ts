import { MockActivityEnvironment } from "@temporalio/testing";
import { Drivers, type Sight } from "../../../../activities/backfill/drivers";
import { Storage } from "../../../../clients/storage";
import { until } from "../../../../sandbox/platform/wait";
import { MemoryFiles } from "../../../support/memory-hdfs";

const DRIVER = { tag: "sisyphus-july-import", setting: "tags=july-import" };
const LONG_MS = 600_000;

/** Hosts with a process table each, and one storage. */
function hosts() {
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const env = new MockActivityEnvironment();
  const waitsFor: string[] = [];
  env.on("heartbeat", (details: { waitingFor: string }) =>
    waitsFor.push(details.waitingFor),
  );
  /** Commands that go on, by the host and what is in their command line. */
  const processes = new Map<string, () => void>();
  const isBegun = () =>
    until("the driver's process", 10, () => processes.size > 0, 1);
  return {
    env,
    waitsFor,
    processes,
    isBegun,
    /** Lets a driver begin on a host whose worker dies then: nobody waits for its end. */
    left: async (on: { begin: () => Promise<unknown> }) => {
      void on.begin();
      await isBegun();
    },
    /** @param prepare what is done before a driver is begun */
    host(name: string, graceMs = LONG_MS, prepare = async () => undefined) {
      const drivers = new Drivers({
        host: name,
        graceMs,
        storage,
        jobs: {
          prepare,
          driverRuns: (text) => processes.has(`${name} ${text}`),
          runCommand: async (argv) => {
            const known = `${name} ${argv[0]}`;
            await new Promise<void>((done) => processes.set(known, done));
            processes.delete(known);
            return { code: 0, output: "" };
          },
        },
      });
      return {
        /** Begins a driver; its end can be waited for. */
        begin: (mayBegin?: () => Promise<void>) =>
          env.run(() =>
            drivers.run(
              DRIVER,
              [DRIVER.setting],
              new AbortController().signal,
              mayBegin,
            ),
          ),
        wait: (...sights: Sight[]) =>
          env.run(() =>
            drivers.awaitOthers(
              DRIVER,
              async () => sights.shift() ?? "nothing",
            ),
          ),
      };
    },
  };
}

test("where no driver was begun nothing is waited for", async () => {
  const { host, waitsFor } = hosts();
  await host("a").wait();
  expect(waitsFor).toEqual([]);
});

test("a driver of another host that nothing shows yet is waited for until YARN has what it submitted", async () => {
  const { host, left, waitsFor } = hosts();
  await left(host("a"));
  await host("b").wait("nothing", "enough");
  expect(waitsFor).toEqual(["sisyphus-july-import, which a may have begun"]);
});

test("a driver of another host is believed to be gone once nothing has been seen of it for the grace", async () => {
  const { host, left, waitsFor } = hosts();
  await left(host("a"));
  await host("b", 1).wait();
  expect(waitsFor.length).toBeLessThan(2);
});

test("what a driver of another host submitted may have ended before the driver itself", async () => {
  const { host, left, waitsFor } = hosts();
  await left(host("a"));
  await host("b").wait("goes on", "nothing", "enough");
  expect(waitsFor).toEqual([
    "sisyphus-july-import",
    "sisyphus-july-import, which a may have begun",
  ]);
});

test("a driver of this host is seen among its processes, and its end, too", async () => {
  const { host, left, processes, waitsFor } = hosts();
  const a = host("a");
  await left(a);
  setImmediate(() => processes.get(`a ${DRIVER.setting}`)!());
  await a.wait("enough");
  expect(waitsFor.length).toBeGreaterThan(0);
});

test("of a driver that has ended nothing is left to wait for", async () => {
  const { host, isBegun, processes, waitsFor } = hosts();
  const a = host("a");
  const ended = a.begin();
  await isBegun();
  processes.get(`a ${DRIVER.setting}`)!();
  await ended;
  await host("b").wait();
  expect(waitsFor).toEqual([]);
});

test("an attempt that wakes up late hides no driver that another host has begun meanwhile", async () => {
  const { host, left, waitsFor } = hosts();
  await left(host("b"));
  const isOver = () => Promise.reject(new Error("it is over"));
  await expect(host("a").begin(isOver)).rejects.toThrow("it is over");
  await host("c").wait("nothing", "enough");
  expect(waitsFor).toEqual(["sisyphus-july-import, which b may have begun"]);
});

test("an attempt that is over when it wakes up begins no driver", async () => {
  const { host, env, processes } = hosts();
  env.cancel();
  await expect(host("a").begin()).rejects.toThrow();
  expect([...processes]).toEqual([]);
});

test("what a driver needs is there before anything says that it begins, and before the last question whether it may", async () => {
  const { host, processes, waitsFor } = hosts();
  const failing = host("a", LONG_MS, async () => {
    throw new Error("no ticket");
  });
  await expect(failing.begin()).rejects.toThrow("no ticket");
  await host("b").wait();
  expect(waitsFor).toEqual([]);
  let isOver = false;
  const late = host("c", LONG_MS, async () => {
    // Meanwhile the attempt is over: its successor begins the driver itself.
    isOver = true;
    return undefined;
  });
  await expect(
    late.begin(async () => {
      if (isOver) throw new Error("it is another attempt's");
    }),
  ).rejects.toThrow("it is another attempt's");
  expect(processes.size).toBe(0);
});
