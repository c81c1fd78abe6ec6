import { parseCamusFileName } from "../../../../formats/camus/camus-file-name";

test("a Camus file name is read from its right end", () => {
  expect(
    parseCamusFileName(
      "eventlogging_NavigationTiming.1001.0.123.9007199254740993.1530756000000",
    ),
  ).toEqual({
    topic: "eventlogging_NavigationTiming",
    leaderId: "1001",
    partition: 0,
    count: 123,
    offset: "9007199254740993",
    hour: "2018-07-05T02",
    extension: "",
  });
  expect(
    parseCamusFileName(
      "eqiad.mediawiki.revision-create.1.11.5.6.1530756000000.gz",
    ),
  ).toMatchObject({
    topic: "eqiad.mediawiki.revision-create",
    partition: 11,
    extension: ".gz",
  });
  for (const bad of [
    "_IMPORTED",
    "part-00000",
    "t.1.0.1.2.1530756000001",
    "t.1.0.x.2.1530756000000",
  ])
    expect(parseCamusFileName(bad)).toBeUndefined();
});

test("a partition or count that no number holds makes no name", () => {
  const name = (partition: string, count: string) =>
    `t.1001.${partition}.${count}.35.1529899200000`;
  const huge = "9".repeat(30);
  expect(parseCamusFileName(name("0", "1"))).toBeDefined();
  expect(parseCamusFileName(name(huge, "1"))).toBeUndefined();
  expect(parseCamusFileName(name("0", huge))).toBeUndefined();
});
