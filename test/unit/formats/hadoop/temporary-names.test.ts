import { isTemporary } from "../../../../formats/hadoop/temporary-names";

test.each([
  "_IMPORTED",
  "_temporary",
  ".part-0-0.inprogress.6c0d6bd0-1d8c-4f0c-9d5d-0a7c1a6b2f3e",
  "part-0-0.inprogress",
  "part-0-0.in-progress",
  "part-0-0.pending",
  "t.1001.0.3.9.1530756000000.gz._COPYING_",
  "FlumeData.1530756000000.tmp",
  "t+0+0000000000+0000000009.avro.tmp",
  "+tmp",
  "t.1001.0.3.9.1530756000000.crc",
  ".distcp.tmp.attempt_1530000000000_0001_m_000000_0",
  "report.json.6c0d6bd0-1d8c-4f0c-9d5d-0a7c1a6b2f3e.part",
])("%s is no data", (name) => {
  expect(isTemporary(name)).toBe(true);
});

test.each([
  "t.1001.0.3.9.1530756000000.gz",
  "my.tmp.topic.1001.0.3.9.1530756000000",
  "t+0+0000000000+0000000009.avro",
  "part-00000-6c0d6bd0.snappy.parquet",
  "part-00000",
  "tmp",
])("%s is data", (name) => {
  expect(isTemporary(name)).toBe(false);
});
