import { partitionValues } from "../../../../formats/hive/partition-values";

test("a partition's name gives its values as they are, without what Hive escapes in names", () => {
  expect(
    partitionValues("datacenter=eqiad%3Aold%2Fx/year=2018/month=07/note=5%"),
  ).toEqual(["eqiad:old/x", "2018", "07", "5%"]);
});
