import type { HourEvidence } from "../../../domain/audit/evidence";
import { type Dataset, refinedHourDir } from "../../../domain/settings/dataset";
import {
  isOnHdfs,
  type Location,
  parseLocation,
  withoutSecret,
} from "../../../formats/hadoop/location";
import type { Hour } from "../../../lib/hour";
import { mapPool } from "../../../lib/map-pool";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { TopicClients } from "./clients";
import type { TopicMemory } from "./evidence-cache";
import { readRefined } from "./refined-hours";
import { readStage, type Tolerance } from "./stage";

/** Requests to HDFS at the same time. */
const WIDTH = 8;

type PlaceClients = Pick<TopicClients, "hdfs" | "hive">;

/**
 * Where the metastore sends the readers of an hour: to a directory of this HDFS, to somewhere that cannot be looked at from here (with the
 * reason), or to a location of this HDFS where nothing is, empty where it names none.
 */
export type Place =
  | { kind: "here"; dir: string; mtime: number }
  | { kind: "elsewhere"; why: string }
  | { kind: "nowhere"; location: string };

/** A file system as locations name it. */
const fileSystemOf = ({ scheme, authority }: Location): string =>
  `${scheme}://${authority}`;

/** The file systems of locations that are this HDFS, as a partition that is known to lie here shows. */
async function provenOwn(
  hdfs: Hdfs,
  usual: string,
  locations: string[],
): Promise<Set<string>> {
  const own = new Set<string>();
  for (const text of locations) {
    const location = parseLocation(text);
    if (!location || !isOnHdfs(location) || location.path !== usual) continue;
    if (await hdfs.stat(usual)) own.add(fileSystemOf(location));
  }
  return own;
}

/**
 * Where one location leads. A path that is here is found, whatever the location calls the file system, unless the configuration says that it
 * is another. A path that is not here is missing only where the file system is known to be this one: else it may be on another.
 */
async function placeOf(
  hdfs: Hdfs,
  text: string,
  proven: ReadonlySet<string>,
): Promise<Place> {
  if (text === "") return { kind: "nowhere", location: "" };
  const location = parseLocation(text);
  const shown = withoutSecret(text);
  const owned = location && hdfs.owns(location);
  if (!location || owned === false)
    return {
      kind: "elsewhere",
      why: `the metastore's partition lies at ${shown}, which is not on the HDFS that is audited`,
    };
  const status = await hdfs.stat(location.path);
  if (status) return { kind: "here", dir: location.path, mtime: status.mtime };
  return owned || proven.has(fileSystemOf(location))
    ? { kind: "nowhere", location: shown }
    : {
        kind: "elsewhere",
        why: `the metastore's partition lies at ${shown}: the HDFS that is audited has no such path, and it is not known whether they are the same (hdfs.services)`,
      };
}

/** Where an hour is read that has several partitions: the place that can be read, if it is one alone. Readers get the rows of all. */
function oneOf(places: Place[]): Place {
  const here = new Map(
    places.flatMap((p) => (p.kind === "here" ? [[p.dir, p]] : [])),
  );
  if (here.size > 1)
    return {
      kind: "elsewhere",
      why: `the metastore has ${here.size} partitions of the hour: ${[...here.keys()].join(", ")}`,
    };
  return (
    [...here.values()][0] ??
    places.find((p) => p.kind === "elsewhere") ??
    places[0]!
  );
}

/**
 * Where the metastore sends the readers of hours. Hours of which it has no partition are left out.
 * @param known an hour whose partition lies at its usual place, if there is one: its location tells how this HDFS is named
 */
export async function partitionPlaces(
  { hdfs, hive }: PlaceClients,
  dataset: Dataset,
  hours: Hour[],
  known?: Hour,
): Promise<Map<Hour, Place>> {
  const locations = await hive.locations(dataset.database, dataset.table, [
    ...hours,
    ...(known === undefined ? [] : [known]),
  ]);
  const own =
    known === undefined
      ? new Set<string>()
      : await provenOwn(
          hdfs,
          refinedHourDir(dataset, known),
          locations.get(known) ?? [],
        );
  const asked = hours.filter((hour) => locations.has(hour));
  return new Map(
    await mapPool(asked, WIDTH, async (hour) => {
      const places = await Promise.all(
        locations.get(hour)!.map((text) => placeOf(hdfs, text, own)),
      );
      return [hour, oneOf(places)] as const;
    }),
  );
}

/** Where an hour is refined: at the usual place, or where the metastore says they are if nothing is there. */
export async function refinedPlace(
  clients: PlaceClients,
  dataset: Dataset,
  hour: Hour,
): Promise<Place> {
  const dir = refinedHourDir(dataset, hour);
  const status = await clients.hdfs.stat(dir);
  if (status) return { kind: "here", dir, mtime: status.mtime };
  const places = await partitionPlaces(clients, dataset, [hour]);
  return places.get(hour) ?? { kind: "nowhere", location: dir };
}

/**
 * Hours with what is told of them by the location of their Hive partition. Asked are only partitions that the metastore has and whose
 * directory is not at its usual place, or was at another one before: Refine writes to the usual place again, and readers may still be sent
 * to the other. Where they lie at another one, padded with zeros perhaps, they are read there.
 * @param memory brought up to date
 */
export async function withPlaces(
  { hdfs, hive }: PlaceClients,
  tolerance: Tolerance,
  dataset: Dataset,
  hours: HourEvidence[],
  memory: Pick<TopicMemory, "moved">,
): Promise<HourEvidence[]> {
  const before = memory.moved ?? {};
  const isSuspect = (e: HourEvidence) =>
    e.queryable === true && (!e.refined || before[e.hour] !== undefined);
  const suspects = hours.filter(isSuspect).map((e) => e.hour);
  if (suspects.length === 0) {
    delete memory.moved;
    return hours;
  }
  const known = hours.findLast((e) => e.queryable && !isSuspect(e))?.hour;
  const moved: NonNullable<TopicMemory["moved"]> = {};
  const found = await readStage(tolerance, async () => {
    const places = await partitionPlaces(
      { hdfs, hive },
      dataset,
      suspects,
      known,
    );
    return new Map(
      await mapPool(suspects, WIDTH, async (hour) => {
        const place = places.get(hour);
        if (
          place?.kind === "here" &&
          place.dir !== refinedHourDir(dataset, hour)
        )
          moved[hour] = await readMoved(hdfs, place, before[hour]);
        return [hour, place] as const;
      }),
    );
  });
  if (found.read) memory.moved = moved;
  return hours.map((evidence): HourEvidence => {
    if (!isSuspect(evidence)) return evidence;
    if (!found.read)
      return {
        ...evidence,
        unread: {
          ...evidence.unread,
          refined: found.why,
          queryable: found.why,
        },
      };
    const place = found.value.get(evidence.hour);
    switch (place?.kind) {
      case undefined:
        return { ...evidence, queryable: false };
      case "here": {
        // At the usual place it has been looked at, and whatever appeared there meanwhile is the next audit's.
        const at = moved[evidence.hour];
        return at
          ? { ...evidence, refined: at.refined, refinedAt: at.dir }
          : evidence;
      }
      case "elsewhere":
        return { ...evidence, elsewhere: place.why };
      case "nowhere":
        return { ...evidence, lostLocation: place.location };
    }
  });
}

type Moved = NonNullable<TopicMemory["moved"]>[Hour];

/** A partition at a place of its own. What is remembered of it is believed while its files and bytes add up. */
async function readMoved(
  hdfs: Hdfs,
  { dir, mtime }: { dir: string; mtime: number },
  before: Moved | undefined,
): Promise<Moved> {
  if (before?.dir === dir && before.mtime === mtime) {
    const sum = await hdfs.summary(dir);
    if (sum?.files === before.entries && sum.bytes === before.bytes)
      return before;
  }
  return { dir, mtime, ...(await readRefined(hdfs, dir)) };
}
