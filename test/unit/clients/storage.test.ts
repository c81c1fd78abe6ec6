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

test("a file that holds no JSON is named, and not quoted", async () => {
  const hdfs = {
    readText: async () => '{"ip":"198.51.100.7",',
  } as unknown as Hdfs;
  const storage = new Storage(hdfs, "/s");
  for (const read of [
    () => storage.read(auditPlaces("audit").report),
    () => storage.readRef("/s/audit/audit.json"),
  ]) {
    await expect(read()).rejects.toThrow("/s/audit/audit.json is no JSON");
    await expect(read()).rejects.not.toThrow("198.51");
  }
});

test("a file whose writer died is not listed, and one of a topic of any name is", async () => {
  const names = [
    "a.json",
    "_a.json",
    "b.json.6c0d6bd0-1d8c-4f0c-9d5d-0a7c1a6b2f3e.part",
  ];
  const hdfs = {
    list: async () => names.map((name) => ({ name, mtime: 0 })),
  } as unknown as Hdfs;
  expect(await new Storage(hdfs, "/s").list("folder")).toEqual([
    { name: "a.json", mtime: 0 },
    { name: "_a.json", mtime: 0 },
  ]);
});

test("what is recorded once stays, whatever a later attempt would record", async () => {
  const files = new Map<string, string>();
  const storage = new Storage(
    {
      create: async (path: string, text: string) =>
        !files.has(path) && Boolean(files.set(path, text)),
      replace: async (path: string, text: string) => void files.set(path, text),
      readText: async (path: string) => files.get(path),
    } as unknown as Hdfs,
    "/sisyphus",
  );
  const place = { folder: "backfill/july", name: "retention.json" };
  expect(await storage.recordOnce(place, { Edit: "1" })).toEqual({ Edit: "1" });
  expect(await storage.recordOnce(place, { Edit: "2" })).toEqual({ Edit: "1" });
});
