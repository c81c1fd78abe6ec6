import { datasetOf, namingRules } from "../../../../domain/settings/dataset";

test("a dataset's names follow from its topic", () => {
  const rules = namingRules.parse({});
  expect(datasetOf("eventlogging_Gather-Clicks", rules)).toMatchObject({
    schema: "Gather-Clicks",
    tableDir: "Gather_Clicks",
    table: "gather_clicks",
    refinedDir: "/wmf/data/event/Gather_Clicks",
  });
  expect(datasetOf("eventlogging-valid-mixed", rules)).toBeUndefined();
});

test.each([
  ["rawPath", "/wmf/data/raw/hourly"],
  ["rawPath", "wmf/{topic}/hourly"],
  ["rawPath", "/wmf/{Topic}/hourly"],
  ["refinedPath", "/wmf/data/event"],
  ["refinedPath", "/wmf/{table}/{table}"],
])(
  "a %s without its placeholder would be every topic's folder: %s is refused",
  (field, path) => {
    expect(() => namingRules.parse({ [field]: path })).toThrow(
      "an absolute path with",
    );
  },
);

test("a topic's folder writes dots as Camus does, or keeps them as Gobblin does", () => {
  const rawDirOf = (over: object) =>
    datasetOf(
      "eqiad.a.b",
      namingRules.parse({
        topicPattern: String.raw`eqiad\.(.+)`,
        rawPath: "/raw/{topic}",
        ...over,
      }),
    )!.rawDir;
  expect(rawDirOf({})).toBe("/raw/eqiad_a_b");
  expect(rawDirOf({ keepDots: true })).toBe("/raw/eqiad.a.b");
});
