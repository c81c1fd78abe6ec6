import { ServiceError } from "../../../../clients/errors";
import { endsInFiles } from "../../../../importers/connect/ends-in-files";
import { confluentHdfsImporter } from "../../../../importers/confluent-hdfs";
import { FakeConnect } from "../../clients/connect/fake-connect";
import { treeOf } from "../tree";

let fake: FakeConnect;
beforeEach(async () => {
  fake = await FakeConnect.start();
  fake.offsets = { "t/0": "100", "t/1": "9007199254740993" };
});
afterEach(() => fake.stop());

/** @param group what Kafka says, by group and partition */
const importer = (group: Record<string, Record<string, string>> = {}) =>
  confluentHdfsImporter(
    treeOf({}).hdfs,
    { timeZone: "UTC" },
    {
      connect: fake.client(),
      rawDirOf: (topic) => `/raw/${topic}`,
      kafka: {
        offsets: async () => [],
        groupOffsets: async (name) =>
          new Map(Object.entries(group[name] ?? {})),
      },
    },
  );

const stands = async (group?: Record<string, Record<string, string>>) =>
  Object.fromEntries(
    [...(await importer(group).state()).positions].map(([key, { offset }]) => [
      key,
      offset,
    ]),
  );

test("the older of what Connect and the consumer group say counts", async () => {
  expect(await stands()).toEqual({ "t/0": "100", "t/1": "9007199254740993" });
  expect(
    await stands({
      "connect-sink": { "t/0": "90", "t/1": "9007199254740994", "u/0": "3" },
    }),
  ).toEqual({ "t/0": "90", "t/1": "9007199254740993", "u/0": "3" });
});

test("the group is the one that the connector names", async () => {
  fake.config["consumer.override.group.id"] = "own";
  const of = { "connect-sink": { "t/0": "1" }, own: { "t/0": "2" } };
  expect(await stands(of)).toMatchObject({ "t/0": "2" });
});

test("a connector that runs is said to, and one that does not with why", async () => {
  expect(await importer().state()).toMatchObject({ isRunning: true });
  fake.failed = { 0: "java.io.IOException: x\n\tat a.B.c(D.java:1)" };
  const failed = await importer().state();
  expect(failed.standstill).toBe(
    "of connector sink task 0 has failed (java.io.IOException, at a.B.c)",
  );
  expect(failed).not.toHaveProperty("isRunning");
});

test("a connector that was deleted is told of, and stands where its group was left", async () => {
  fake.isThere = false;
  const state = await importer({ "connect-sink": { "t/0": "7" } }).state();
  expect(state.standstill).toContain("there is no connector sink");
  expect(state.positions).toEqual(new Map([["t/0", { offset: "7" }]]));
  expect(state.problems).toEqual([]);
});

test("with its files it stands no further than either tells", async () => {
  const source = importer();
  const state = await source.state();
  const file = (partition: number, end: string) => ({
    ...{ partition, end, count: 1, name: "", length: 1, mtime: 0 },
  });
  const files = [file(0, "90"), file(0, "120"), file(2, "3")];
  expect(source.positions(state, "t", files)).toEqual(
    new Map([
      [0, { offset: "100" }],
      [1, { offset: "9007199254740993" }],
      [2, { offset: "3" }],
    ]),
  );
});

test("a Connect that does not answer is an outage, and no connector that is not there", async () => {
  fake.instead = () => ({ status: 502, body: "<html>" });
  await expect(importer().state()).rejects.toThrow(ServiceError);
});

test("only where Connect can be asked a backfill can steer it", () => {
  expect(importer().steering).toHaveProperty("always");
  expect(
    confluentHdfsImporter(treeOf({}).hdfs, { timeZone: "UTC" }),
  ).not.toHaveProperty("steering");
});

test("the furthest file of a partition is found in whichever directory, and of no other topic", async () => {
  const { hdfs } = treeOf({
    "/raw/t/year=2018/month=07/day=05/hour=03/t+0+0000000005+0000000009.json":
      Buffer.from("x"),
    "/raw/t/elsewhere/t+0+0000000010+0000000019.json": Buffer.from("x"),
    "/raw/t/elsewhere/u+0+0000000010+0000000099.json": Buffer.from("x"),
    "/raw/t/elsewhere/t+1+0000000000+0000000000.json": Buffer.from("x"),
  });
  expect(await endsInFiles(hdfs, "/raw/t", "t")).toEqual(
    new Map([
      [0, "20"],
      [1, "1"],
    ]),
  );
  expect(await endsInFiles(hdfs, "/none", "t")).toEqual(new Map());
});
