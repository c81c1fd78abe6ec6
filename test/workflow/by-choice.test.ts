import { CAPSULES } from "../../formats/eventlogging/capsules";
import { createFlagActivities } from "../../activities/backfill/clear-flags";
import { repairedByPlan } from "../../activities/backfill/planned-hours";
import { createReportActivities } from "../../activities/backfill/report";
import { readMissing } from "../../activities/backfill/search/read-missing";
import { storeMissing } from "../../activities/backfill/search/store-missing";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import type { MissingTopic } from "../../domain/backfill/missing";
import type { Finding, Plan } from "../../domain/backfill/plan";
import type { BackfillReport } from "../../domain/backfill/report";
import type { MissingEvent } from "../../formats/candidate";
import { CONFIG } from "../chaos/memory/scenario";
import { MemoryHdfs } from "../chaos/memory/systems";
import {
  ANSWERS,
  APPROVED,
  PLAN,
  RANGE,
  scriptedSagas,
  SETTINGS,
} from "../support/scripted-saga";

const withSaga = scriptedSagas();

const [TOPIC] = PLAN.topics;
const EDIT = TOPIC!.topic;
/** Hours of which events were lost. The one between is left out. */
const CHOSEN = ["2018-06-26T18", "2018-06-26T20"];
const LEFT_OUT = "2018-06-26T19";
const LOST = [CHOSEN[0]!, LEFT_OUT, CHOSEN[1]!];
const HOURS = { ...APPROVED, hours: CHOSEN };
const flagOf = (hour: string) => `/wmf/data/event/Edit/${hour}/_REFINED`;

const finding = (hour: string): Finding => ({
  ...{ topic: EDIT, hour, missing: 1, why: "offsets deleted unread" },
  ...{ verdict: "lost-from-kafka", cause: "premature-deletion" },
});

const plan = (topics: Plan["topics"]): Plan => ({
  range: RANGE,
  asOf: "2018-07-05T05:20:00Z",
  topics,
  findings: CHOSEN.map(finding),
  flags: CHOSEN.map((hour) => ({
    ...{ topic: EDIT, hour, path: flagOf(hour) },
    ...{ owner: "hdfs", mtime: 0, why: "events were lost" },
  })),
  refine: PLAN.refine,
  chosen: [`only the hours ${CHOSEN.join(", ")}`],
  leftOut: [{ ...finding(LEFT_OUT), why: "its hour was not chosen" }],
});

async function* lostEvents(topics: { topic: string }[]) {
  for (const { topic } of topics)
    for (const hour of LOST)
      yield {
        ...{ topic, uuid: hour, rank: 0, ms: 0, copies: 1 },
        json: JSON.stringify({ uuid: hour, dt: `${hour}:10:00Z` }),
      } as MissingEvent;
}

/** Activities of a saga with a choice: what plans, stores, clears and reports is real, and what moves data remembers what it was given. */
function world(topics = PLAN.topics.map((t) => ({ ...t, hours: CHOSEN }))) {
  const hdfs = new MemoryHdfs();
  for (const hour of LOST) hdfs.put(flagOf(hour), "flag");
  const storage = new Storage(hdfs as unknown as Hdfs, "/wmf/data/sisyphus");
  const replayed: string[] = [];
  const given: Record<string, unknown[]> = {};
  const remember =
    (name: string, answer: unknown = ANSWERS[name]) =>
    async (input: unknown) => {
      (given[name] ??= []).push(input);
      return answer;
    };
  const reporting = createReportActivities({ storage });
  const activities = {
    planByChoice: async (input: unknown) => {
      (given["planByChoice"] ??= []).push(input);
      const ref = await storage.write(
        sagaPlaces("backfill/t").plan("d"),
        plan(topics),
      );
      return { ...PLAN, ref, topics, leftOut: 1 };
    },
    joinByChoice: async (input: unknown) => {
      const { planRef, topics: ours } = input as {
        planRef: string;
        topics: Parameters<typeof storeMissing>[2];
      };
      const stored = await storeMissing(
        storage,
        "backfill/t",
        ours,
        lostEvents(ours),
        await repairedByPlan(storage, planRef),
      );
      return { ...(ANSWERS["joinMissing"] as object), topics: stored };
    },
    replay: async (input: unknown) => {
      const { topics: found } = input as { topics: MissingTopic[] };
      for (const each of found)
        for await (const events of readMissing(storage, each, CAPSULES))
          for (const { event } of events) replayed.push(event.uuid);
      const landed = found.reduce((sum, { events }) => sum + events, 0);
      return { landed, twice: 0, ends: {} };
    },
    clearFlags: createFlagActivities({
      config: CONFIG,
      hdfs: hdfs as unknown as Hdfs,
      storage,
    }).clearFlags as (input: unknown) => Promise<unknown>,
    awaitRefine: remember("awaitRefine"),
    // Verification audits the whole range, and finds the hour that nobody has repaired.
    verify: remember("verify", {
      ...(ANSWERS["verify"] as object),
      deep: { partitions: 0, rows: 0, different: 0 },
      findings: [finding(LEFT_OUT)],
    }),
    findingsByChoice: reporting.findingsByChoice as (
      input: unknown,
    ) => Promise<unknown>,
    reportByChoice: reporting.reportByChoice as (
      input: unknown,
    ) => Promise<unknown>,
  };
  return { hdfs, storage, replayed, given, activities };
}

/** What workers of before know, and would do to everything that is broken. */
const OF_BEFORE = ["makePlan", "joinMissing", "writeReport"];

test("hours that are left out are neither replayed nor cleared nor refined, and the report says so and why; it does not call them whole", async () => {
  const { hdfs, storage, replayed, given, activities } = world();
  await withSaga(activities, HOURS, async (saga) => {
    const result = await saga.result();
    expect(result).toMatchObject({
      holds: true,
      numbers: {
        found: { events: 2, leftOut: 1 },
        verified: { findingsLeft: 0, leftOut: { topicHours: 1 } },
      },
    });
    for (const name of OF_BEFORE) expect(saga.calls).not.toContain(name);
    expect(replayed).toEqual(CHOSEN);
    expect(LOST.filter((hour) => hdfs.files.has(flagOf(hour)))).toEqual([
      LEFT_OUT,
    ]);
    expect(given["awaitRefine"]).toMatchObject([
      { topics: [{ topic: EDIT, hours: CHOSEN }] },
    ]);
    const markdown = await storage.readRefText(
      (result as { report: string }).report,
    );
    expect(markdown).toContain("its hour was not chosen");
    expect(markdown).toContain(`${EDIT} ${LEFT_OUT}: lost-from-kafka`);
    const { id } = saga;
    const report = await storage.read(sagaPlaces(id).report);
    expect((report as BackfillReport).leftOut).toMatchObject([
      { topic: EDIT, hour: LEFT_OUT },
    ]);
    expect(Object.keys((report as BackfillReport).after[0]!.cells)).toEqual(
      CHOSEN,
    );
  });
});

test("a saga of many topics leaves hours out in every shard", async () => {
  const topics = ["A", "B", "C"].map((schema) => ({
    ...TOPIC!,
    ...{ schema, topic: `eventlogging_${schema}`, hours: CHOSEN },
  }));
  const { replayed, activities } = world(topics);
  const settings = async () => ({
    ...SETTINGS,
    ...{ shardTopics: 1, shardWindow: 2 },
  });
  const collectArchive = async () => ({ ref: "/a", refs: ["/a", "/b", "/c"] });
  await withSaga(
    { ...activities, settings, collectArchive },
    HOURS,
    async (saga) => {
      await saga.result();
      for (const name of OF_BEFORE) expect(saga.calls).not.toContain(name);
      expect(saga.timesCalled("joinByChoice")).toBe(3);
      expect(replayed).toHaveLength(6);
      expect(replayed).not.toContain(LEFT_OUT);
    },
  );
});

test("what must never be touched is told to whoever plans, and where nothing else is broken nothing is done", async () => {
  const neverTouch = [{ topics: EDIT, reason: "legal hold" }];
  const settings = async () => ({ ...SETTINGS, neverTouch });
  const given: unknown[] = [];
  const planByChoice = async (input: unknown) => {
    given.push(input);
    return { ...PLAN, topics: [], leftOut: 1, document: "/plan.md" };
  };
  await withSaga({ settings, planByChoice }, APPROVED, async (saga) => {
    expect(await saga.result()).toEqual({
      dryRun: false,
      nothingToDo: true,
      leftOut: 1,
      document: "/plan.md",
    });
    expect(given).toMatchObject([{ neverTouch }]);
    expect(saga.calls).toEqual(["settings", "planByChoice"]);
  });
});
