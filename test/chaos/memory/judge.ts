import { canonicalJson } from "../../../lib/canonical-json";
import { parsePartitionKey, partitionKey } from "../../../lib/keys";
import { SCHEMAS, topicOf } from "./scenario";
import type { World } from "./world";

/** How a saga ended, and the schemas that it was to repair. */
export type Ended = {
  schemas: string[];
  /** Whether its report holds; undefined where there was nothing to do, or it was aborted. */
  holds?: boolean;
  /** What an aborted saga said. */
  aborted?: string;
};

const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);

/** Looks at a world from outside after all of its sagas have ended. @returns what is wrong there, a sentence each; none where all is well */
export function wrongs(world: World, sagas: Ended[]): string[] {
  world.kafka.expire();
  return [
    ...inKafka(world),
    ...settingsLeft(world),
    ...flags(world),
    ...passedOver(world),
    ...refines(world, sagas),
    ...positionsOfAborted(world, sagas),
    ...sagas.flatMap((saga) => ofSaga(world, saga)),
  ];
}

/** How often each lost event is in Kafka. */
function landedIn(world: World): Map<string, number> {
  const landed = new Map<string, number>();
  for (const topic of world.kafka.logs.keys())
    for (const m of world.kafka.committed(topic)) {
      const uuid = m.headers["uuid"];
      if (uuid) landed.set(uuid, (landed.get(uuid) ?? 0) + 1);
    }
  return landed;
}

/** No event is there twice, or changed, or in another's topic. */
function inKafka(world: World): string[] {
  const twice = [...landedIn(world)].filter(([, n]) => n > 1).length;
  const textOf = new Map(
    world.lost.map((e) => [
      e.uuid,
      `${topicOf(e.schema)} ${JSON.stringify(e)}`,
    ]),
  );
  const changed = [...world.kafka.logs.keys()].flatMap((topic) =>
    world.kafka.committed(topic).filter(({ headers, value }) => {
      const uuid = headers["uuid"];
      return uuid && textOf.get(uuid) !== `${topic} ${value!.toString("utf8")}`;
    }),
  ).length;
  return [
    ...(twice > 0 ? [`${twice} events are in Kafka more than once`] : []),
    ...(changed > 0 ? [`${changed} events are in Kafka changed`] : []),
  ];
}

/** Retention is as before, and what was held is released. */
function settingsLeft(world: World): string[] {
  const { retention } = world.state();
  return [
    ...(same(retention, world.before.retention)
      ? []
      : [`retention is ${JSON.stringify(retention)}`]),
    ...world.schedules.stillHeld.map(
      (job) => `the schedule of ${job} is still held`,
    ),
  ];
}

/** No flag is gone or cut off, and none was changed that no plan names. */
function flags(world: World): string[] {
  const now = world.state().flags;
  return Object.entries(world.before.flags).flatMap(([path, content]) => {
    const flag = now[path];
    if (flag === undefined) return [`${path} is gone`];
    if (flag === "") return [`${path} is empty`];
    const isPlanned = path.includes("/Outdated/");
    return isPlanned || flag === content
      ? []
      : [`${path} was changed though no plan names it`];
  });
}

/** What the importer stands behind it has imported, and it stands nowhere outside of the log but where it did before. */
function passedOver(world: World): string[] {
  const { positions } = world.state();
  return Object.entries(positions).flatMap(([key, position]) => {
    const { topic, partition } = parsePartitionKey(key);
    const imported = world.camus.importedOf(topic);
    const passed = world.kafka
      .committedIn(topic, partition, 0, position)
      .filter(({ headers }) => {
        const uuid = headers["uuid"];
        return uuid && !imported.has(uuid);
      });
    return passed.length > 0
      ? [`${passed.length} events of ${key} were passed over`]
      : [];
  });
}

/** One Refine for each saga that has repaired something, none twice. */
function refines(world: World, sagas: Ended[]): string[] {
  const finished = world.yarn.apps
    .filter((a) => a.state === "FINISHED" && a.name.startsWith("refine"))
    .map((a) => a.applicationTags)
    .filter((tag) => tag.startsWith("sisyphus-"));
  const ofEach = new Set(finished).size;
  const repaired = sagas.filter(({ holds }) => holds !== undefined).length;
  return ofEach === finished.length && ofEach >= repaired
    ? []
    : [
        `${finished.length} Refine applications of ${ofEach} sagas finished, ${repaired} have repaired`,
      ];
}

/** Whether the importer stood before a partition's first offset: only a saga moves it from there. */
function isStuck({ before, kafka }: World, key: string): boolean {
  const { topic, partition } = parsePartitionKey(key);
  return before.positions[key]! < kafka.partition(topic, partition).low;
}

const keepsOffsets = ({ aborted }: Ended): boolean =>
  aborted === undefined || aborted.includes('no "restore offsets"');

/** Topics of which all sagas were aborted stand where they did; so do flags, where nothing was refined. */
function positionsOfAborted(world: World, sagas: Ended[]): string[] {
  const now = world.state();
  const left = SCHEMAS.filter(
    (schema) =>
      !sagas.some(
        (saga) => saga.schemas.includes(schema) && keepsOffsets(saga),
      ),
  ).map(topicOf);
  const isScheduled = world.shape.schedules.importer !== undefined;
  const moved = left.flatMap((topic) =>
    world.kafka
      .partitionsOf(topic)
      .map((partition) => partitionKey(topic, partition))
      .filter((key) => now.positions[key] !== world.before.positions[key])
      // Its own schedule moves the importer where it is not stuck.
      .filter((key) => !isScheduled || isStuck(world, key))
      .map((key) => `the importer stands at ${now.positions[key]} in ${key}`),
  );
  const hasRefined = world.yarn.apps.some(
    (a) => a.state === "FINISHED" && a.name.startsWith("refine"),
  );
  const isRefined = hasRefined || world.shape.schedules.refine !== undefined;
  return isRefined || same(now.flags, world.before.flags)
    ? moved
    : [...moved, `flags are ${JSON.stringify(now.flags)}`];
}

function ofSaga(world: World, saga: Ended): string[] {
  const { schemas, holds, aborted } = saga;
  const withoutRow = world.tables.withoutRow(schemas).length;
  if (aborted !== undefined)
    return [
      ...(aborted.includes("NOT undone") ? [aborted] : []),
      // What is imported, refined and verified stays so.
      ...(keepsOffsets(saga) && withoutRow > 0
        ? ["offsets stayed although events have no row"]
        : []),
    ];
  const landed = landedIn(world);
  const byOthers = schemas.flatMap((schema) =>
    world.tables.notByPlanned(schema),
  );
  // An old Refine that nobody holds may come between; the report must say so then.
  const { refine } = world.shape.schedules;
  const mayBeOutdated = refine?.isOutdated && !refine.canBeHeld;
  const lost = world.lost.filter((e) => schemas.includes(e.schema));
  const inKafkaNow = lost.filter((e) => landed.get(e.uuid) === 1).length;
  return [
    ...(inKafkaNow < lost.length
      ? [`${inKafkaNow} of ${lost.length} lost events are in Kafka`]
      : []),
    ...(withoutRow > 0
      ? [`${withoutRow} of ${lost.length} lost events have no row`]
      : []),
    ...(holds === false && !mayBeOutdated ? ["the report does not hold"] : []),
    ...(holds && byOthers.length > 0
      ? [`the report holds although another job has refined ${byOthers.join()}`]
      : []),
    ...stuckIn(world, schemas),
  ];
}

/** Where the importer stands before the log, from where it gets no further by itself. */
function stuckIn(world: World, schemas: string[]): string[] {
  const { positions } = world.state();
  return schemas.map(topicOf).flatMap((topic) =>
    world.kafka
      .partitionsOf(topic)
      .filter(
        (partition) =>
          (positions[partitionKey(topic, partition)] ?? 0) <
          world.kafka.partition(topic, partition).low,
      )
      .map((partition) => `the importer is stuck in ${topic}/${partition}`),
  );
}
