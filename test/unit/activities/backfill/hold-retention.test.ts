import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { createRetentionActivities } from "../../../../activities/backfill/hold-retention";
import { Storage } from "../../../../clients/storage";
import { sagaPlaces } from "../../../../clients/storage-layout";
import { DAY_MS } from "../../../../lib/hour";
import { MemoryFiles } from "../../../support/memory-hdfs";

const SAGA = "backfill/july-5";
const WEEK = String(7 * DAY_MS);
const HELD = String(90 * DAY_MS);

/** Topics of a broker whose default is a week; `own` is what is set on them. */
function broker(topics: Record<string, Record<string, string>>) {
  const own = structuredClone(topics);
  return {
    own,
    kafka: {
      topicConfig: async (topic: string) => ({
        "message.timestamp.type": "CreateTime",
        "retention.ms": WEEK,
        ...own[topic],
      }),
      ownConfig: async (topic: string) => ({ ...own[topic] }),
      setTopicConfig: async (topic: string, name: string, value?: string) => {
        if (value === undefined) delete own[topic]![name];
        else own[topic]![name] = value;
      },
    },
  };
}

function saga(
  topics: Record<string, Record<string, string>>,
  {
    name = SAGA,
    storage = new Storage(new MemoryFiles().hdfs, "/sisyphus"),
    own,
    kafka,
  }: {
    name?: string;
    storage?: Storage;
  } & ReturnType<typeof broker> = broker(topics),
) {
  const activities = createRetentionActivities({
    config: { replay: { holdRetentionMs: Number(HELD) } },
    kafka,
    storage,
  } as unknown as Parameters<typeof createRetentionActivities>[0]);
  const env = new MockActivityEnvironment(
    { workflowExecution: { workflowId: name, runId: "r" } },
    // An attempt that is fenced is what some tests are about, and nothing to warn of.
    { logger: new DefaultLogger("ERROR") },
  );
  return {
    own,
    kafka,
    storage,
    hold: (oldest = "2018-06-26T18") =>
      env.run(activities.holdRetention, {
        topics: Object.keys(topics),
        oldest,
        asOf: "2018-07-05T05:20:00Z",
      }),
    restore: () => env.run(activities.restoreRetention, {}),
    /** Takes topics out of the saga and puts them back. */
    takeOut: async (only: string[]) => {
      await storage.write(sagaPlaces(name).leftAlone, only);
      return env.run(activities.restoreRetention, { only });
    },
    /** The same broker and storage as another saga finds them. */
    next: (name: string) => saga(topics, { name, storage, own, kafka }),
  };
}

test("retention is raised where a replayed event would outlive it, and put back as it was", async () => {
  const before = {
    "has its own": { "retention.ms": "86400000", "segment.ms": "1" },
    "has the broker's": {},
    "keeps for ever": { "retention.ms": "-1" },
    "keeps longer": { "retention.ms": String(100 * DAY_MS) },
    "is stamped by the broker": { "message.timestamp.type": "LogAppendTime" },
  };
  const { own, hold, restore } = saga(before);
  expect(await hold()).toEqual({
    "has its own": "86400000",
    "has the broker's": null,
  });
  expect(own).toEqual({
    ...before,
    "has its own": { "retention.ms": HELD, "segment.ms": "1" },
    "has the broker's": { "retention.ms": HELD },
  });
  expect(await restore()).toBe(2);
  expect(own).toEqual(before);
});

test("a second attempt does not take the raised value for the topic's own", async () => {
  const { own, hold, restore } = saga({ Edit: { "retention.ms": "86400000" } });
  await hold();
  expect(await hold()).toEqual({ Edit: "86400000" });
  await restore();
  expect(own["Edit"]).toEqual({ "retention.ms": "86400000" });
});

test("what two sagas left behind, of which the second ended before it changed anything, does not become the topic's own", async () => {
  const first = saga({ Edit: {} });
  await first.hold();
  const second = first.next("backfill/second");
  const change = first.kafka.setTopicConfig;
  first.kafka.setTopicConfig = async () => {
    throw new Error("it is terminated here");
  };
  await expect(second.hold("2018-05-05T18")).rejects.toThrow("terminated");
  first.kafka.setTopicConfig = change;
  const third = first.next("backfill/third");
  expect(await third.hold()).toEqual({ Edit: null });
  await third.restore();
  expect(first.own["Edit"]).toEqual({});
});

test("an attempt that wakes up after the release changes nothing", async () => {
  const { own, hold, restore } = saga({ Edit: {} });
  await hold();
  await restore();
  await expect(hold()).rejects.toThrow(
    `the retention that ${SAGA} held is released`,
  );
  expect(own["Edit"]).toEqual({});
});

test("an attempt between whose check and change the release came takes its change back", async () => {
  const world = saga({ Edit: {} });
  await world.hold();
  const change = world.kafka.setTopicConfig;
  world.kafka.setTopicConfig = async (topic, name, value) => {
    world.kafka.setTopicConfig = change;
    await world.restore();
    await change(topic, name, value);
  };
  await expect(world.hold()).rejects.toThrow("is released");
  expect(world.own["Edit"]).toEqual({});
  expect(await world.storage.has(sagaPlaces(SAGA).retentionReleased)).toBe(
    true,
  );
});

test("a topic that is taken out has its own again, and neither the saga's next attempt nor its end changes it once more", async () => {
  const { own, hold, restore, takeOut } = saga({ Edit: {}, Popups: {} });
  await hold();
  expect(await takeOut(["Popups"])).toBe(1);
  expect(own).toEqual({ Edit: { "retention.ms": HELD }, Popups: {} });
  await hold();
  expect(own["Popups"]).toEqual({});
  // Somebody else's from now on.
  own["Popups"]!["retention.ms"] = "1";
  expect(await restore()).toBe(1);
  expect(own).toEqual({ Edit: {}, Popups: { "retention.ms": "1" } });
});

test("what a saga held that was terminated is put back by the next one as it was before both", async () => {
  const first = saga({ Edit: { "retention.ms": "86400000" }, Popups: {} });
  await first.hold();
  const second = first.next("backfill/july-6");
  expect(await second.hold()).toEqual({ Edit: "86400000", Popups: null });
  await second.restore();
  expect(first.own).toEqual({
    Edit: { "retention.ms": "86400000" },
    Popups: {},
  });
  // What was put back is nobody's any more.
  first.own["Edit"]!["retention.ms"] = HELD;
  const third = first.next("backfill/july-7");
  expect(await third.hold()).toEqual({ Popups: null });
});

test("an attempt that wakes up after its saga's end leaves alone what the next saga holds", async () => {
  const first = saga({ Edit: {} });
  await first.hold();
  await first.restore();
  const second = first.next("backfill/july-6");
  await second.hold();
  await expect(first.hold()).rejects.toThrow("is released");
  expect(first.own["Edit"]).toEqual({ "retention.ms": HELD });
  await second.restore();
  expect(first.own["Edit"]).toEqual({});
});

test("what a saga held that was terminated is put back also where the broker stamps messages since", async () => {
  const topics: Record<string, Record<string, string>> = { Edit: {} };
  const first = saga(topics);
  await first.hold();
  first.own["Edit"]!["message.timestamp.type"] = "LogAppendTime";
  const second = first.next("backfill/july-6");
  expect(await second.hold()).toEqual({ Edit: null });
  await second.restore();
  expect(first.own["Edit"]).toEqual({
    "message.timestamp.type": "LogAppendTime",
  });
});

test.each([
  ["of its own", 100, 200],
  ["that another saga holds for what it has replayed", 7, 200],
])("a topic's retention %s is never lowered", async (_, ownDays, heldDays) => {
  const own = String(ownDays * DAY_MS);
  const first = saga({ Edit: { "retention.ms": own } });
  // The oldest event is a hundred days old.
  await first.hold("2018-03-27T05");
  const held = Number(first.own["Edit"]!["retention.ms"]);
  expect(held).toBeGreaterThanOrEqual(heldDays * DAY_MS);
  const second = first.next("backfill/july-6");
  await second.hold("2018-07-04T05");
  expect(first.own["Edit"]).toEqual({ "retention.ms": String(held) });
  await second.restore();
  expect(first.own["Edit"]).toEqual({ "retention.ms": own });
});

test("what an operator has set after a saga was terminated is the topic's own", async () => {
  const first = saga({ Edit: {} });
  await first.hold();
  first.own["Edit"]!["retention.ms"] = "1000";
  const second = first.next("backfill/july-6");
  expect(await second.hold()).toEqual({ Edit: "1000" });
});
