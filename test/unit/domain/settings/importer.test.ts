import { importer } from "../../../../domain/settings/sections/importer";

const parse = (fields: object) =>
  importer.safeParse({
    command: ["camus"],
    historyPath: "/history",
    log: "/none",
    ...fields,
  });

test("the importer's time zone is UTC unless it is told", () => {
  expect(parse({}).data).toMatchObject({ timeZone: "UTC", extensions: [] });
  expect(parse({ timeZone: "America/Los_Angeles" }).success).toBe(true);
});

test.each([
  ["Asia/Kolkata", "whose hours are not hours of UTC"],
  ["Mars/Olympus", "not a time zone that IANA knows"],
])("the time zone %s is refused with the reason", (timeZone, reason) => {
  expect(parse({ timeZone }).error?.issues[0]?.message).toContain(reason);
});

test("an extension begins with a dot", () => {
  expect(parse({ extensions: [".json.gz"] }).success).toBe(true);
  expect(parse({ extensions: ["gz"] }).success).toBe(false);
});

test("Gobblin's own settings have defaults, and others leave them out", () => {
  expect(parse({}).data).not.toHaveProperty("gobblin");
  expect(parse({ kind: "gobblin", gobblin: {} }).data).toMatchObject({
    gobblin: { jobs: [], padded: true },
  });
  expect(parse({ gobblin: { jobs: ["a/b"] } }).success).toBe(false);
  expect(parse({ gobblin: { job: ["a"] } }).success).toBe(false);
});
