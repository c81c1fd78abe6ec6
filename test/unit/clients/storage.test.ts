import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { Storage } from "../../../clients/storage";
import { auditPlaces } from "../../../clients/storage-layout";

test("a scheduled workflow's folder has a name that HDFS takes", async () => {
  const written: string[] = [];
  const hdfs = {
    replace: async (path: string) => void written.push(path),
  } as unknown as Hdfs;
  const storage = new Storage(hdfs, "/wmf/data/sisyphus");
  const id = "audit/hourly-2018-07-05T05:20:00Z";
  const ref = await storage.writeText(auditPlaces(id).report, "{}");
  expect(ref).toBe(
    "/wmf/data/sisyphus/audit/hourly-2018-07-05T05_20_00Z/audit.json",
  );
  expect(written).toEqual([ref]);
});
