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

describe("Kafka Connect", () => {
  const connect = { url: "https://connect:8083", connector: "sink" };
  const faultOf = (fields: object, kind = "confluent-hdfs") => {
    const issue = parse({ kind, connect: { ...connect, ...fields } }).error
      ?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };

  test("is asked where it is given, and for the connector alone", () => {
    expect(parse({ kind: "confluent-hdfs", connect }).data?.connect).toEqual({
      ...connect,
      quietSeconds: 600,
    });
    expect(parse({ kind: "confluent-hdfs" }).data).not.toHaveProperty(
      "connect",
    );
    expect(faultOf({}, "camus")).toBe(
      "connect: Connect tells of the importer confluent-hdfs; importer.kind is camus",
    );
  });

  test("gets no secret in the clear, and no name that is another path", () => {
    expect(
      faultOf({ url: "http://connect:8083", bearer: { file: "/token" } }),
    ).toContain("connect.url: https, as secrets are sent there");
    expect(faultOf({ connector: "a/b" })).toContain(
      "connect.connector: a connector's name, without a slash",
    );
    expect(faultOf({ bearer: "hunter2" })).toContain("connect.bearer");
    expect(faultOf({ url: "connect:8083" })).toContain("connect.url");
  });
});
