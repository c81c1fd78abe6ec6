import { emptyMemory } from "../../../../../activities/audit/evidence/evidence-cache";
import { refreshHours } from "../../../../../activities/audit/evidence/refresh-hours";
import type { Hdfs } from "../../../../../clients/hdfs/hdfs";
import type { Dataset } from "../../../../../domain/settings/dataset";
import { camusImporter } from "../../../../../importers/camus";
import { hourStart } from "../../../../../lib/hour";
import { CONFIG } from "../../../../chaos/memory/scenario";

/** Camus' raw hours by their directories below `/raw`, a file each; every request is recorded. */
function hdfsWith(files: Record<string, string>) {
  const asked: string[] = [];
  const below = (path: string) =>
    Object.entries(files).filter(([dir]) => `${dir}/`.startsWith(`${path}/`));
  const hdfs = {
    summary: async (path: string) => {
      asked.push(path);
      const found = below(path);
      return found.length === 0
        ? undefined
        : {
            files: found.length,
            directories: found.length + 1,
            bytes: found.length * 9,
          };
    },
    list: async (path: string) => {
      asked.push(`${path}/`);
      const own = files[path];
      return own !== undefined
        ? [{ name: own, type: "FILE", length: 9, mtime: 1 }]
        : below(path).map(([dir]) => ({
            name: dir.slice(path.length + 1),
            type: "DIRECTORY",
            length: 0,
            mtime: 1,
          }));
    },
  } as unknown as Hdfs;
  return { hdfs, asked };
}

const file = (hour: string) => `t.1001.0.3.9.${hourStart(hour)}.avro`;

test("hours that an importer names in another time zone are those of UTC, over the edges of both days", async () => {
  const { hdfs, asked } = hdfsWith({
    "/raw/2018/07/04/16": file("2018-07-04T23"),
    "/raw/2018/07/04/20": file("2018-07-05T03"),
    "/raw/2018/07/05/01": file("2018-07-05T08"),
  });
  const source = camusImporter(hdfs, {
    historyPath: "/history",
    log: "/none",
    timeZone: "America/Los_Angeles",
    extensions: [],
  });
  const dataset = { rawDir: "/raw", refinedDir: "/refined" } as Dataset;
  const range = { since: "2018-07-05T00", until: "2018-07-05T10" };
  const memory = emptyMemory();
  await refreshHours({ hdfs, source, config: CONFIG }, dataset, range, memory);
  const counts = Object.fromEntries(
    Object.entries(memory.raw).map(([hour, { files, strange }]) => [
      hour,
      strange.length > 0 ? strange : files[0]?.count,
    ]),
  );
  expect(counts).toEqual({
    "2018-07-04T23": 3,
    "2018-07-05T03": 3,
    "2018-07-05T08": 3,
  });
  asked.length = 0;
  await refreshHours({ hdfs, source, config: CONFIG }, dataset, range, memory);
  // What did not change is not listed again.
  expect(asked.filter((path) => path.endsWith("/"))).toEqual([]);
  expect(Object.keys(memory.raw)).toHaveLength(3);
});
