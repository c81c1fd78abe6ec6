import { sagaId } from "../../../activities/backfill/saga-id";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import type { Config } from "../../../domain/settings/config";
import { canonicalJson } from "../../../lib/canonical-json";
import { sha256 } from "../../../lib/digest";
import { partitionKey } from "../../../lib/keys";
import type { MemoryCamus } from "./camus";
import { call } from "./faults";
import type { MemoryKafka } from "./kafka";
import {
  BROKEN,
  type Broken,
  dirOf,
  LOSSY,
  LOST,
  planOf,
  planSummary,
  storeMissing,
  topicOf,
} from "./scenario";
import type { MemoryTables } from "./tables";

type Platform = {
  kafka: MemoryKafka;
  camus: MemoryCamus;
  tables: MemoryTables;
};

/** Planning, search, logs and verification, which a world answers itself by what is in it. */
export function simulatedActivities(
  world: Platform,
  config: Config,
  storage: Storage,
) {
  return {
    settings: async () => ({
      lookbackHours: 24,
      batchTopics: 1,
      archiveQueue: "archive@test",
      holds: {
        importer: config.importer.hold !== undefined,
        refine: config.refine!.hold !== undefined,
      },
    }),
    makePlan: ({ topics }: { topics?: string[] }) =>
      makePlan(world, storage, topics),
    collectHeld: async () => ({ ref: "" }),
    collectArchive: async () => ({ ref: "" }),
    collectMysql: async () => ({ ref: "" }),
    joinMissing: ({ topics }: { topics: { schema: string }[] }) =>
      joinMissing(
        world,
        storage,
        topics.map(({ schema }) => schema),
      ),
    scanLogs: async ({ topics }: { topics: PlannedTopic[] }) => {
      const dirs = dirsOf(topics);
      const unexplained = dirs.filter((dir) => !world.tables.rows.has(dir));
      return {
        files: 1,
        bytes: 1,
        lines: 1,
        finished: dirs.length - unexplained.length,
        failed: [],
        unexplained,
        records: 0,
      };
    },
    verify: async ({ topics }: { topics: PlannedTopic[] }) =>
      verify(
        world,
        topics.map(({ schema }) => schema),
      ),
  };
}

/** What is broken of schemas. */
function brokenOf(world: Platform, schemas: readonly string[]): Broken[] {
  const { positions } = world.camus;
  return schemas.flatMap((schema) => {
    const topic = topicOf(schema);
    const isOut = (partition: number) => {
      const { low } = world.kafka.partition(topic, partition);
      return (positions[partitionKey(topic, partition)] ?? 0) < low;
    };
    const broken = {
      schema,
      reset:
        LOSSY.includes(schema) && world.kafka.partitionsOf(topic).some(isOut),
      missing: world.tables.withoutRow([schema]).length,
      // An hour whose flag another saga has just taken away is to be refined, as any that lies in raw and has none.
      outdated: LOSSY.includes(schema)
        ? world.tables.notByPlanned(schema)
        : world.tables.toBeRefined(schema),
    };
    const { reset, missing, outdated } = broken;
    return reset || missing > 0 || outdated.length > 0 ? [broken] : [];
  });
}

async function makePlan(world: Platform, storage: Storage, topics?: string[]) {
  const schemas = BROKEN.filter(
    (schema) => topics?.includes(topicOf(schema)) ?? true,
  );
  const plan = planOf(brokenOf(world, schemas), world.camus.newestRun);
  const digest = sha256(canonicalJson(plan));
  const place = sagaPlaces(sagaId()).plan(digest);
  return planSummary(plan, await storage.write(place, plan));
}

/** What is lost and neither Kafka nor a raw hour has. Nobody reads past an open transaction. */
async function joinMissing(
  world: Platform,
  storage: Storage,
  schemas: string[],
) {
  const held = await call(
    () =>
      new Set(
        schemas.flatMap((schema) => [
          ...world.camus.importedOf(topicOf(schema)),
          ...world.kafka
            .committed(topicOf(schema))
            .map((m) => m.headers["uuid"]),
        ]),
      ),
  );
  const lossy = schemas.filter((schema) => LOSSY.includes(schema));
  return storeMissing(storage, sagaId(), lossy, ({ uuid }) => held.has(uuid));
}

function verify(world: Platform, schemas: string[]) {
  const without = world.tables.withoutRow(schemas).length;
  const expected = LOST.filter((e) => schemas.includes(e.schema)).length;
  const outdated = schemas.flatMap((schema) =>
    world.tables.notByPlanned(schema).map((hour) => dirOf(schema, hour)),
  );
  return {
    partitions: world.tables.rows.size,
    rows: expected - without,
    distinct: expected - without,
    duplicates: 0,
    found: expected - without,
    expected,
    withIp: 0,
    geocoded: 0,
    problems: [
      ...(without > 0 ? [`${without} events have no row`] : []),
      ...outdated.map((dir) => `${dir} is of another job`),
    ],
    findings: [],
  };
}

const dirsOf = (topics: PlannedTopic[]): string[] =>
  topics.flatMap(({ schema, hours }) =>
    hours.map((hour) => dirOf(schema, hour)),
  );
