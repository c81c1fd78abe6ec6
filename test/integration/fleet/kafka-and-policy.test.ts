import type { BackfillProgress } from "../../../domain/backfill/progress";
import { until } from "../../../sandbox/platform/wait";
import { HOURS, topicOf } from "./topic-hours";
import { troublesOf } from "./troubles";
import { KAFKA_TROUBLES } from "./kafka-troubles";
import {
  audit,
  buildWorld,
  endWorld,
  expectedLines,
  findingLines,
  type World,
} from "./world";

/**
 * Topics with whatever Kafka can be like; and one more broken topic, and a policy that lets its incident repair it.
 * Told in order: the incident is that of the first audit.
 */
const OUTDATED = troublesOf("Outdated");
const TOPIC = topicOf("Outdated");
let world: World;

beforeAll(async () => {
  world = await buildWorld({
    troubles: [...OUTDATED, ...KAFKA_TROUBLES],
    settings: () => ({
      policies: [{ topics: TOPIC, repair: { start: true } }],
    }),
  });
}, 900_000);

afterAll(() => endWorld(world), 120_000);

test("whatever Kafka is like, every trouble gets its verdict and its cause, and nothing healthy is named", async () => {
  const { audits } = await audit(world);
  expect(findingLines(audits.flatMap((a) => a.findings))).toEqual(
    expectedLines([...OUTDATED, ...KAFKA_TROUBLES]),
  );
}, 120_000);

test("where a topic's policy says so, its incident plans the repair itself, waits for approval and closes", async () => {
  const id = "backfill/by-policy";
  const saga = world.client.workflow.getHandle(id);
  const plan = await until("the plan", 120, async () => {
    const p = await saga.query<BackfillProgress>("progress");
    return p.phase === "approve" && p.plan;
  });
  expect(plan.topics.map((t) => [t.topic, t.hours])).toEqual([[TOPIC, HOURS]]);
  const incident = world.client.workflow.getHandle(`incident/${TOPIC}`);
  await saga.executeUpdate("approve", { args: [plan.digest] });
  expect(await saga.result()).toMatchObject({
    holds: true,
    numbers: {
      verified: { problems: [], deep: { different: 0 } },
      // IndexedFile: every planned partition is accounted for by the logs themselves.
      refine: {
        logs: {
          attempts: 1,
          outcomes: [{ outcome: "finished", planned: HOURS.length }],
        },
      },
    },
  });
  expect(await incident.result()).toMatchObject({
    phase: "closed",
    backfill: id,
  });
}, 360_000);
