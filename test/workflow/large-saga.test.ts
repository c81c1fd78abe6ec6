import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { until } from "../../sandbox/platform/wait";
import { histories } from "../support/histories";
import { runLarge, SHARDS, simulated } from "../support/large-saga";
import { withTemporal } from "../support/temporal-hooks";
import type { BackfillResult } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

const LIMIT = 256 * 1024;
// Sixty events are so few that every fan-out continues as new.
const temporal = withTemporal(60);

const start = (id: string) =>
  temporal.env.client.workflow.start("backfill", {
    workflowId: id,
    taskQueue: "control",
    args: [
      { since: "2018-06-25T00", until: "2018-07-05T00", autoApprove: true },
    ],
  });

test("500 topics x 240 hours and 50 million events: shards in a sliding window, histories and payloads that stay small, one sum", async () => {
  const { activities, most } = simulated({
    topics: 500,
    hours: 240,
    eventsPerTopic: 100_000,
  });
  const result = await runLarge(temporal, activities, async () => {
    const handle = await start("backfill/large");
    return (await handle.result()) as BackfillResult;
  });
  expect(result).toMatchObject({
    holds: true,
    numbers: {
      lostOffsets: 50_000_000,
      found: { events: 50_000_000, unrecoverable: 0 },
      replayed: { landed: 50_000_000, twice: 0 },
      verified: { partitions: 120_000, findingsLeft: 0 },
    },
  });
  for (const step of ["joinMissing", "replay", "verify"])
    expect(most[step]).toBe(SHARDS.shardTopics);
  // Each archive is read once, whatever the number of shards.
  expect(most["collectArchive"]).toBe(25);
  const { parent, all, longest } = await histories(
    temporal.env.client,
    "backfill/large",
  );
  console.log(
    `500 topics x 240 hours: ${all.executions} executions, ${all.events} events, the longest history ${longest}, ${(all.bytes / 1024).toFixed(0)} KB of payloads, the largest ${(all.largest / 1024).toFixed(0)} KB`,
  );
  expect(parent.executions).toBe(1);
  // Three fan-outs, each continued as new, and 25 shards a step.
  expect(all.executions).toBeGreaterThan(1 + 3 * 2 + 3 * 25);
  expect(all.largest).toBeLessThan(LIMIT);
  expect(longest).toBeLessThan(500);
}, 300_000);

test("a shard that failed fails its step with its own words, and the step can be tried again", async () => {
  const { activities } = simulated({
    topics: 50,
    hours: 24,
    eventsPerTopic: 10,
  });
  let replays = 0;
  let broken = true;
  const working = activities.replay;
  activities.replay = async (input) => {
    replays++;
    if (broken && input.topics.some((t) => t.topic.endsWith("0021")))
      throw ApplicationFailure.nonRetryable("Kafka is out of order");
    return working(input);
  };
  await runLarge(temporal, activities, async () => {
    const handle = await start("backfill/torn");
    const failedStep = async () =>
      (await handle.query<BackfillProgress>("progress")).steps.find(
        (s) => s.state === "failed",
      );
    const failed = await until("the replay to fail", 60, failedStep);
    expect(failed).toMatchObject({ name: "replay" });
    expect(failed.detail).toContain("Kafka is out of order");
    broken = false;
    await handle.executeUpdate("retryStep");
    await handle.result();
  });
  expect(replays).toBeGreaterThan(3);
}, 120_000);

test("a topic that is skipped in the middle of a fan-out leaves the others in their shards: a shard's name is on what it has produced", async () => {
  const { activities } = simulated({
    topics: 2 * SHARDS.shardTopics + 1,
    hours: 24,
    eventsPerTopic: 10,
  });
  const working = activities.replay;
  const shardsOf = new Map<string, Set<string>>();
  let skipped = false;
  activities.replay = async (input) => {
    const { workflowId } = Context.current().info.workflowExecution!;
    for (const { topic } of input.topics)
      shardsOf.set(topic, (shardsOf.get(topic) ?? new Set()).add(workflowId));
    while (!skipped) {
      Context.current().heartbeat();
      await Context.current().sleep(50);
    }
    return working(input);
  };
  await runLarge(temporal, activities, async () => {
    const handle = await start("backfill/narrowed");
    await until(
      "three shards",
      60,
      () => shardsOf.size === 2 * SHARDS.shardTopics + 1,
    );
    // Now every topic would fit into one shard less.
    await handle.executeUpdate("pause");
    await handle.executeUpdate("skipTopic", {
      args: ["eventlogging_Large0003"],
    });
    skipped = true;
    await handle.executeUpdate("resume");
    expect(await handle.result()).toMatchObject({
      holds: true,
      numbers: {
        skipped: ["eventlogging_Large0003"],
        lostOffsets: 20 * SHARDS.shardTopics,
        found: { events: 20 * SHARDS.shardTopics },
        replayed: { landed: 20 * SHARDS.shardTopics },
      },
    });
  });
  for (const [topic, shards] of shardsOf)
    expect([topic, shards.size]).toEqual([topic, 1]);
}, 120_000);

test("an abort in the middle of a fan-out ends the shards that run before it undoes anything", async () => {
  const { activities } = simulated({
    topics: 90,
    hours: 24,
    eventsPerTopic: 10,
  });
  const happened: string[] = [];
  activities.replay = async () => {
    happened.push("begun");
    try {
      for (;;) {
        Context.current().heartbeat();
        await Context.current().sleep(50);
      }
    } finally {
      happened.push("ended");
    }
  };
  activities.restoreRetention = async () => {
    happened.push("retention");
    return 0;
  };
  await runLarge(temporal, activities, async () => {
    const handle = await start("backfill/aborted");
    await until("three shards", 60, () => happened.length === 3);
    await handle.executeUpdate("abort", { args: ["enough"] });
    await expect(handle.result()).rejects.toThrow();
  });
  const ended = happened.lastIndexOf("ended");
  expect(happened.filter((what) => what === "ended")).toHaveLength(3);
  expect(happened.indexOf("retention")).toBeGreaterThan(ended);
}, 120_000);
