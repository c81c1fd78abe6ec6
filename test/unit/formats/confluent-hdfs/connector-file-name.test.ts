import { parseConnectorFileName } from "../../../../formats/confluent-hdfs/connector-file-name";

test("the HDFS connector's names are read, its inclusive end and zero padding included", () => {
  expect(
    parseConnectorFileName("my.topic-1+3+0000000100+0000000199.avro"),
  ).toEqual({
    topic: "my.topic-1",
    partition: 3,
    start: "100",
    last: "199",
    extension: ".avro",
  });
  expect(parseConnectorFileName("my.topic+0+0000000009+0000000001.json")).toBe(
    undefined,
  );
  expect(parseConnectorFileName("_SUCCESS")).toBe(undefined);
});

test("a partition that no number holds makes no name", () => {
  expect(
    parseConnectorFileName(`t+${"9".repeat(30)}+0+1.avro`),
  ).toBeUndefined();
});
