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
