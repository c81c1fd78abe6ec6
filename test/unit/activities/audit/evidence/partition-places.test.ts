import {
  distrust,
  emptyMemory,
  type TopicMemory,
} from "../../../../../activities/audit/evidence/evidence-cache";
import {
  refinedPlace,
  withPlaces,
} from "../../../../../activities/audit/evidence/partition-places";
import { Hdfs } from "../../../../../clients/hdfs/hdfs";
import { ServiceError } from "../../../../../clients/errors";
import {
  type HourEvidence,
  measured,
} from "../../../../../domain/audit/evidence";
import type { Dataset } from "../../../../../domain/settings/dataset";
import { encodeDoneFlag } from "../../../../../formats/refine/done-flag";

const DATASET = {
  database: "event",
  table: "edit",
  refinedDir: "/event/Edit",
} as Dataset;
const HOUR = "2018-07-05T03";
const USUAL = "/event/Edit/year=2018/month=7/day=5/hour=3";
const PADDED = "/event/Edit/year=2018/month=07/day=05/hour=03";
const FLAG = encodeDoneFlag(1_530_759_600_000);

/** An HDFS whose directories have a done flag each. Reads of flags are counted. */
function hdfsWith(dirs: string[], services?: string[]) {
  const hdfs = new Hdfs({
    ...{ webhdfs: "http://nn1:9870", user: "x", allowedPrefixes: [] },
    ...(services ? { services } : {}),
  });
  let reads = 0;
  const has = (dir: string) => dirs.includes(dir);
  const flag = { name: "_REFINED", type: "FILE", length: FLAG.length };
  return Object.assign(hdfs, {
    reads: () => reads,
    stat: async (dir: string) => (has(dir) ? { mtime: 7 } : undefined),
    list: async (dir: string) => (has(dir) ? [flag] : undefined),
    summary: async () => ({ files: 1, directories: 1, bytes: FLAG.length }),
    read: async () => {
      reads++;
      return FLAG;
    },
  } as unknown as Partial<Hdfs>) as Hdfs & { reads: () => number };
}

const hour = (over: Partial<HourEvidence> = {}): HourEvidence => ({
  hour: HOUR,
  produced: measured(1),
  archived: measured(1),
  queryable: true,
  ...over,
});
const OTHER = hour({
  hour: "2018-07-05T02",
  refined: { outdatedFlag: false, rows: measured(1), geocoded: true },
});
const OTHER_DIR = "/event/Edit/year=2018/month=7/day=5/hour=2";

/** What is told of the hour, where the metastore has given locations of it and of the hour before, which is whole. */
async function told(
  hdfs: Hdfs,
  locations: string[] | undefined,
  options: {
    other?: string;
    memory?: TopicMemory;
    evidence?: HourEvidence;
  } = {},
): Promise<HourEvidence> {
  const hive = {
    locations: async () => {
      const found = new Map<string, string[]>();
      if (locations) found.set(HOUR, locations);
      if (options.other) found.set(OTHER.hour, [options.other]);
      return found;
    },
  };
  const [, found] = await withPlaces(
    { hdfs, hive } as never,
    { tolerant: true, outages: new Map() },
    DATASET,
    [OTHER, options.evidence ?? hour()],
    options.memory ?? emptyMemory(),
  );
  return found!;
}

test.each([
  `hdfs://nn1:8020${PADDED}`,
  `hdfs://analytics${PADDED}`,
  `hdfs://otherservice${PADDED}`,
  `viewfs://cluster${PADDED}`,
  `hdfs://${PADDED}`,
  `hdfs:${PADDED}`,
  `${PADDED}/`,
])("a partition at %s is found, and read there", async (location) => {
  const found = await told(hdfsWith([PADDED]), [location]);
  expect(found.refinedAt).toBe(PADDED);
  expect(found.refined?.doneFlag).toBe(1_530_759_600_000);
  expect(found).not.toHaveProperty("lostLocation");
  expect(found).not.toHaveProperty("elsewhere");
});

test.each([
  `s3a://bucket${PADDED}`,
  `file://${PADDED}`,
  `abfs://box@store${PADDED}`,
  "no location at all",
])(
  "a partition at %s is elsewhere, even if the path is here",
  async (location) => {
    const found = await told(hdfsWith([PADDED]), [location]);
    expect(found.elsewhere).toContain(location);
    expect(found).not.toHaveProperty("lostLocation");
    expect(found).not.toHaveProperty("refined");
  },
);

test.each([
  `hdfs://otherservice${USUAL}`,
  `viewfs://cluster${USUAL}`,
  `viewfs:${USUAL}`,
])(
  "what is not here at %s may be elsewhere, and is not lost",
  async (location) => {
    const found = await told(hdfsWith([]), [location]);
    expect(found.elsewhere).toContain("hdfs.services");
    expect(found).not.toHaveProperty("lostLocation");
  },
);

test("a service that is configured as another is elsewhere, whatever lies here under its path", async () => {
  const hdfs = hdfsWith([PADDED], ["analytics"]);
  expect((await told(hdfs, [`hdfs://old${PADDED}`])).elsewhere).toBeDefined();
  expect((await told(hdfs, [`hdfs://analytics${PADDED}`])).refinedAt).toBe(
    PADDED,
  );
});

test.each([
  [`hdfs://nn1:8020${USUAL}`, undefined],
  [`hdfs:${USUAL}`, undefined],
  [USUAL, undefined],
  // The hour before lies here, and its location names the same service.
  [`hdfs://analytics${USUAL}`, `hdfs://analytics${OTHER_DIR}`],
  [`viewfs://cluster${USUAL}`, `viewfs://cluster${OTHER_DIR}`],
])("nothing at %s is lost, as that is this HDFS", async (location, other) => {
  const found = await told(hdfsWith([OTHER_DIR]), [location], {
    ...(other ? { other } : {}),
  });
  expect(found.lostLocation).toBe(location);
});

test.each([
  ["a path that is not its own", "hdfs://analytics/x", [OTHER_DIR, "/x"]],
  ["a path that is not here", `hdfs://analytics${OTHER_DIR}`, []],
  ["another service", `hdfs://else${OTHER_DIR}`, [OTHER_DIR]],
])("another hour proves nothing of a service by %s", async (_, other, dirs) => {
  const location = `hdfs://analytics${USUAL}`;
  const found = await told(hdfsWith(dirs), [location], { other });
  expect(found.elsewhere).toContain(location);
});

test("a partition without a location is lost, and one that the metastore has no longer is not queryable", async () => {
  expect((await told(hdfsWith([]), [""])).lostLocation).toBe("");
  expect(await told(hdfsWith([]), undefined)).toMatchObject({
    queryable: false,
  });
});

test("of several partitions of an hour the one that is here is read; two of them are nobody's rows", async () => {
  const here = hdfsWith([PADDED, "/b"]);
  expect(
    (await told(here, ["/gone", `hdfs:${PADDED}`, PADDED])).refinedAt,
  ).toBe(PADDED);
  expect((await told(here, [PADDED, "/b"])).elsewhere).toContain(
    "2 partitions of the hour",
  );
});

test("what was read at another place is remembered, and read again when it is distrusted", async () => {
  const hdfs = hdfsWith([PADDED]);
  const memory = emptyMemory();
  const once = await told(hdfs, [PADDED], { memory });
  const twice = await told(hdfs, [PADDED], { memory });
  expect(twice).toEqual(once);
  expect(hdfs.reads()).toBe(1);
  distrust(memory, HOUR, "2018-07-05");
  await told(hdfs, [PADDED], { memory });
  expect(hdfs.reads()).toBe(2);
});

test("what Refine writes at the usual place is not believed while readers are sent to another", async () => {
  const hdfs = hdfsWith([PADDED, USUAL]);
  const memory = emptyMemory();
  await told(hdfs, [PADDED], { memory });
  const evidence = hour({ refined: OTHER.refined! });
  distrust(memory, HOUR, "2018-07-05");
  expect((await told(hdfs, [PADDED], { memory, evidence })).refinedAt).toBe(
    PADDED,
  );
  expect(await told(hdfs, [USUAL], { memory, evidence })).toEqual(evidence);
});

test("where the metastore does not answer, nothing is said of what lies where it says", async () => {
  const error = new ServiceError("Hive metastore", "m:9083", "refused", null);
  const [found] = await withPlaces(
    {
      hdfs: hdfsWith([]),
      hive: { locations: () => Promise.reject(error) },
    } as never,
    { tolerant: true, outages: new Map() },
    DATASET,
    [hour()],
    emptyMemory(),
  );
  expect(found!.unread).toMatchObject({
    refined: error.message,
    queryable: error.message,
  });
});

test("an hour is looked for at its usual place first, and then where the metastore says", async () => {
  const locations = jest.fn(async () => new Map([[HOUR, [PADDED]]]));
  const place = (dirs: string[]) =>
    refinedPlace(
      { hdfs: hdfsWith(dirs), hive: { locations } } as never,
      DATASET,
      HOUR,
    );
  expect(await place([USUAL, PADDED])).toMatchObject({ dir: USUAL });
  expect(locations).not.toHaveBeenCalled();
  expect(await place([PADDED])).toMatchObject({ kind: "here", dir: PADDED });
  locations.mockResolvedValue(new Map());
  expect(await place([])).toMatchObject({ kind: "nowhere" });
});
