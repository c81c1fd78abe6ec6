import { ConnectStanding } from "../../../../importers/connect/standing";
import { FakeConnect } from "../../clients/connect/fake-connect";

let fake: FakeConnect;
beforeEach(async () => {
  fake = await FakeConnect.start();
});
afterEach(() => fake.stop());

/** A sink that stands at 5, before a log from 20 to 30, in one of two partitions of `t`; `u` is somebody else's. */
function world(o: { files?: Record<number, string> } = {}) {
  fake.offsets = { "t/0": "5", "t/1": "25", "u/0": "1" };
  const files = new Map<string, string>();
  const inFiles = new Map<number, string>(
    Object.entries(o.files ?? {}).map(([p, end]) => [Number(p), end]),
  );
  const standing = new ConnectStanding(
    {
      connect: fake.client(),
      kafka: {
        offsets: async () => [
          { partition: 0, low: "20", high: "30" },
          { partition: 1, low: "20", high: "30" },
        ],
      },
      hdfs: {
        readText: async (path) => files.get(path),
        replace: async (path, data) => void files.set(path, String(data)),
        remove: async (path) => files.delete(path),
      },
      endsInFiles: async () => inFiles,
    },
    async () => undefined,
  );
  const about = { staging: "/staging" };
  return {
    files,
    inFiles,
    move: (mayGoOn = async () => undefined as void) =>
      standing.moveIntoLog(["t"], { ...about, mayGoOn }),
    putBack: () => standing.putBack(["t"], about),
    letGo: () => standing.letGo(about),
  };
}

const MOVED = { "t/0": "20", "t/1": "25", "u/0": "1" };
const BEFORE_ALL = { "t/0": "5", "t/1": "25", "u/0": "1" };

test("a sink outside of the log is stopped, set to the log's start in that partition alone, and resumed", async () => {
  fake.tasksLinger = 2;
  const lingering: number[] = [];
  fake.after = (what) => {
    if (what.startsWith("PATCH")) lingering.push(fake.tasksLinger);
  };
  await world().move();
  expect(lingering[0]).toBeLessThan(0);
  expect(fake.changes).toEqual([
    "PUT stop",
    'PATCH offsets {"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":"20"}}]}',
    "PUT resume",
  ]);
  expect(fake.offsets).toEqual(MOVED);
});

test("one that is inside of the log is not touched", async () => {
  const { move } = world();
  fake.offsets["t/0"] = "30";
  await move();
  expect(fake.changes).toEqual([]);
});

test.each(["PAUSED", "STOPPED"] as const)(
  "one that an operator has left %s is left so",
  async (state) => {
    const { move, putBack } = world();
    fake.state = state;
    await move();
    expect([fake.state, fake.offsets]).toEqual([state, MOVED]);
    fake.offsets["t/0"] = "22";
    await putBack();
    expect([fake.state, fake.offsets]).toEqual([state, MOVED]);
  },
);

test.each(["stop", "offsets", "resume"])(
  "where an attempt dies after its %s, the next or the abort has the connector run again",
  async (step) => {
    for (const next of ["move", "letGo", "putBack"] as const) {
      const it = world();
      fake.state = "RUNNING";
      let isDead = false;
      fake.instead = () =>
        isDead ? { status: 500, body: "the attempt is dead" } : undefined;
      fake.after = (what) => {
        if (/^P/.test(what) && what.endsWith(step)) isDead = true;
      };
      await expect(it.move()).rejects.toThrow("500");
      fake.after = () => undefined;
      fake.instead = () => undefined;
      await it[next]();
      expect([step, next, fake.state]).toEqual([step, next, "RUNNING"]);
      if (next === "move") expect(fake.offsets).toEqual(MOVED);
      expect([...it.files.keys()]).toEqual(["/staging/connector-before.json"]);
    }
  },
);

test("a second attempt that is stopped in the same place brings back what was before the first", async () => {
  const { move, files } = world();
  for (const isLast of [false, true]) {
    let patches = 0;
    fake.instead = (what) =>
      what.startsWith("PATCH") && patches++ === 0 && !isLast
        ? { status: 500, body: "down" }
        : undefined;
    if (isLast) await move();
    else await expect(move()).rejects.toThrow("500");
  }
  expect(fake.state).toBe("RUNNING");
  expect(files.has("/staging/connector-held.json")).toBe(false);
});

test("an attempt that wakes up after an abort changes nothing any more", async () => {
  const { move } = world();
  const released = new Error("put back");
  await expect(move(() => Promise.reject(released))).rejects.toThrow(released);
  expect(fake.changes).toEqual([]);
  let asked = 0;
  await expect(
    move(async () => {
      if (++asked === 2) throw released;
    }),
  ).rejects.toThrow(released);
  expect(fake.offsets).toEqual(BEFORE_ALL);
});

test("what a first attempt found is where an abort puts it back, whatever a later one found", async () => {
  const { move, putBack, files } = world();
  fake.offsets["t/0"] = "500";
  await move();
  fake.offsets["t/0"] = "3";
  await move();
  expect(JSON.parse(files.get("/staging/connector-before.json")!)).toEqual({
    "t/0": "500",
  });
  fake.changes.length = 0;
  // Beyond the end Connect would have all of it read again.
  expect(await putBack()).toBeUndefined();
  expect(fake.changes).toEqual([]);
});

test("what is put back lies in the log: what Kafka has deleted is not read again, nor more than was", async () => {
  const { move, putBack } = world();
  await move();
  fake.offsets["t/0"] = "27";
  fake.offsets["u/0"] = "9";
  expect(await putBack()).toBe("connector sink");
  expect(fake.offsets).toEqual({ ...MOVED, "u/0": "9" });
  expect(await putBack()).toBeUndefined();
  expect(fake.state).toBe("RUNNING");
});

test("a sink whose files hold what it would be set before is refused, as it goes on behind them", async () => {
  const { move, putBack, inFiles } = world({ files: { 0: "5" } });
  await move();
  inFiles.set(0, "27");
  fake.offsets["t/0"] = "27";
  fake.changes.length = 0;
  await expect(putBack()).rejects.toThrow(
    "connector sink cannot be set there, and nothing of it was changed: t/0 has files up to 27, behind which it goes on whatever its offsets say, and not at 20",
  );
  expect(fake.changes).toEqual([]);
});

test("one that is refused runs again, where an attempt before has stopped it", async () => {
  const { putBack, move, inFiles, files } = world();
  await move();
  files.set("/staging/connector-held.json", '{"state":"RUNNING"}');
  fake.state = "STOPPED";
  inFiles.set(0, "27");
  fake.offsets["t/0"] = "27";
  await expect(putBack()).rejects.toThrow("cannot be set there");
  expect(fake.state).toBe("RUNNING");
});

test.each(["latest", "none"])(
  "one that goes to %s behind files that Kafka has no more is refused",
  async (reset) => {
    fake.config["consumer.override.auto.offset.reset"] = reset;
    await expect(world({ files: { 0: "5" } }).move()).rejects.toThrow(
      "auto.offset.reset is not earliest",
    );
    expect(fake.changes).toEqual([]);
    await world().move();
    expect(fake.offsets).toEqual(MOVED);
  },
);

test("a connector that was deleted is an error that says so", async () => {
  const { move } = world();
  fake.isThere = false;
  await expect(move()).rejects.toThrow("there is no connector sink");
});
