import { Hdfs } from "../../../../clients/hdfs/hdfs";
import { parseLocation } from "../../../../formats/hadoop/location";

const owns = (location: string, services?: string[]) =>
  new Hdfs({
    webhdfs: "http://nn1.example:9870",
    user: "sisyphus",
    allowedPrefixes: [],
    ...(services ? { services } : {}),
  }).owns(parseLocation(location)!);

test("without configuration the asked host and the cluster's own default are this HDFS, and other names may be", () => {
  expect(owns("hdfs://nn1.example:8020/a")).toBe(true);
  for (const own of ["hdfs:/a", "hdfs:///a", "/a"])
    expect(owns(own)).toBe(true);
  for (const open of [
    "hdfs://analytics/a",
    "viewfs://nn1.example/a",
    "viewfs:/a",
  ])
    expect(owns(open)).toBeUndefined();
  for (const other of ["s3a://analytics/a", "file:/a"])
    expect(owns(other)).toBe(false);
});

test("with configured services these are this HDFS, and all others are not", () => {
  const services = ["analytics", "cluster", "nn2:8020"];
  for (const own of [
    "hdfs://analytics/a",
    "viewfs://cluster/a",
    "hdfs://nn2:8020/a",
    "hdfs:/a",
  ])
    expect(owns(own, services)).toBe(true);
  expect(owns("hdfs://old-analytics/a", services)).toBe(false);
  expect(owns("s3a://analytics/a", services)).toBe(false);
});
