import {
  isOnHdfs,
  parseLocation,
  withoutSecret,
} from "../../../../formats/hadoop/location";

const PATH = "/wmf/data/event/Edit/year=2018/month=07/note=a%3Ab";

test.each([
  [`hdfs://analytics-hadoop${PATH}`, "hdfs", "analytics-hadoop"],
  [`hdfs://nn1:8020${PATH}/`, "hdfs", "nn1:8020"],
  [`HDFS://nn1:8020/${PATH}`, "hdfs", "nn1:8020"],
  [`hdfs://${PATH}`, "hdfs", ""],
  [`hdfs:${PATH}`, "hdfs", ""],
  [`viewfs://cluster${PATH}`, "viewfs", "cluster"],
  [`viewfs:${PATH}`, "viewfs", ""],
  [PATH, "", ""],
  [`s3a://bucket${PATH}`, "s3a", "bucket"],
  [`file:${PATH}`, "file", ""],
  [`file://${PATH}`, "file", ""],
])("%s is understood", (text, scheme, authority) => {
  const location = parseLocation(text)!;
  expect(location).toEqual({ scheme, authority, path: PATH });
  expect(isOnHdfs(location)).toBe(!["s3a", "file"].includes(scheme));
});

test("a root has a path, and what has none is no location", () => {
  expect(parseLocation("s3a://bucket")?.path).toBe("/");
  for (const text of ["", "event/Edit", "hdfs:event", "two words"])
    expect(parseLocation(text)).toBeUndefined();
});

test("a key in an address does not enter messages", () => {
  expect(withoutSecret("s3n://KEY:SECRET@bucket/a")).toBe("s3n://bucket/a");
  expect(withoutSecret("abfs://box@store/a")).toBe("abfs://box@store/a");
});
