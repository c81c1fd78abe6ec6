import { MockActivityEnvironment } from "@temporalio/testing";
import { createVerifyActivities } from "../../../../../activities/backfill/verify/verify";
import type { PlannedTopic } from "../../../../../domain/backfill/plan";
import {
  nothingVerified,
  type Verification,
} from "../../../../../domain/backfill/verification";
import { namingRules } from "../../../../../domain/settings/dataset";
import { POLICY } from "../../../domain/audit/cases";

const HOUR = "2018-07-05T03";
const PADDED = "/wmf/data/event/Edit/year=2018/month=07/day=05/hour=03";

/** Verifies an hour of which the metastore has a partition at a location. @returns what was found, and the directories that were listed */
async function verified(
  location: string,
  { attempt = 1, storage = {} } = {},
): Promise<Verification & { listed: string[] }> {
  const listed: string[] = [];
  const deps = {
    kafka: {
      topics: async () => ["eventlogging_Edit"],
      denied: async () => new Set(),
      topicConfigs: async () => new Map(),
      topicIds: async () => new Map(),
      offsets: async () => [],
      offsetsAt: async () => new Map(),
    },
    source: {
      state: async () => ({ positions: new Map(), problems: [] }),
      runs: async () => [],
      outOfRange: async () => [],
      dayOf: (hour: string) => hour.slice(0, 10),
      dayDir: () => "/raw/day",
      hourDir: () => "/raw/hour",
      days: async () => [],
      positions: () => new Map(),
    },
    archive: {},
    hdfs: {
      owns: () => (location.startsWith("s3a") ? false : undefined),
      stat: async (path: string) =>
        path === PADDED ? { mtime: 1 } : undefined,
      list: async (path: string) => {
        listed.push(path);
        return path === PADDED ? [] : undefined;
      },
      summary: async () => undefined,
    },
    hive: {
      partitionHours: async () => new Set([HOUR]),
      locations: async () => new Map([[HOUR, [location]]]),
    },
    markers: async () => new Map(),
    pasts: { read: async () => new Map(), keep: async () => undefined },
    canaries: async () => new Map(),
    policyOf: () => POLICY,
    storage,
    config: {
      naming: namingRules.parse({}),
      archive: { excludedSchemas: "Edit" },
      refine: {},
      verify: { deepPartitions: 0 },
    },
  };
  const { verify } = createVerifyActivities(deps as never);
  const found: Verification = await new MockActivityEnvironment({
    attempt,
  }).run(verify, {
    topics: [{ topic: "eventlogging_Edit", hours: [HOUR] } as PlannedTopic],
    missing: [],
    range: { since: HOUR, until: "2018-07-05T04" },
    asOf: "2018-07-06T00:00:00Z",
  });
  return { ...found, listed };
}

test("rows are read where readers are sent, be it another directory than Refine's", async () => {
  const { listed, problems } = await verified(`hdfs://analytics${PADDED}`);
  expect(listed).toContain(PADDED);
  expect(problems).toEqual([]);
});

test("an hour whose readers are sent to another system, or nowhere, is a problem and not verified in silence", async () => {
  for (const location of [`s3a://bucket${PADDED}`, "hdfs://analytics/gone"])
    expect((await verified(location)).problems).toEqual([
      expect.stringContaining(location),
    ]);
});

test("what an attempt before has recorded counts, and counts once", async () => {
  const verification = {
    ...nothingVerified(),
    partitions: 1,
    rows: 9,
    withIp: 9,
  };
  const recorded = { hours: 1, verification, found: {} };
  const storage = { read: async () => recorded };
  const found = await verified(`hdfs://analytics${PADDED}`, {
    attempt: 2,
    storage,
  });
  expect(found).toMatchObject({
    ...{ partitions: 1, rows: 9 },
    problems: ["9 rows with an ip are not geocoded"],
  });
});
