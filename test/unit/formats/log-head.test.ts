import { parseLogHead } from "../../../formats/log-head";

const TEXT = "Refine: executor 1 was lost";

test.each([
  ["Spark's own layout", `18/07/05 12:00:01 ERROR ${TEXT}`],
  ["ISO 8601", `2018-07-05 12:00:01,123 ERROR ${TEXT}`],
  ["ISO 8601 with a T and a zone", `2018-07-05T12:00:01.123Z ERROR ${TEXT}`],
  ["an offset", `2018-07-05T12:00:01.123+0000 ERROR ${TEXT}`],
  ["brackets", `[2018-07-05 12:00:01,123] ERROR ${TEXT}`],
  ["a thread", `2018-07-05 12:00:01,123 [main] ERROR ${TEXT}`],
  ["a thread without brackets", `2018-07-05 12:00:01,123 main ERROR ${TEXT}`],
  ["bars", `2018-07-05 12:00:01.123 | ERROR | ${TEXT}`],
  ["log4j's DATE", `05 Jul 2018 12:00:01,123 ERROR ${TEXT}`],
  ["a month's name", `Jul 05, 2018 12:00:01 PM ERROR ${TEXT}`],
  ["an American date", `07/05/2018 12:00:01 ERROR ${TEXT}`],
  ["no date", `12:00:01,123 ERROR ${TEXT}`],
  ["milliseconds since the start", `1234 [main] ERROR ${TEXT}`],
  ["no punctuation", `20180705T120001,123 ERROR ${TEXT}`],
  ["the level first", `ERROR 2018-07-05 12:00:01,123 ${TEXT}`],
  ["the level in brackets", `[ERROR] [2018-07-05 12:00:01] ${TEXT}`],
])("a line begins with time and level: %s", (_, line) => {
  expect(parseLogHead(line)).toMatchObject({ level: "ERROR", text: TEXT });
});

test.each([
  "java.io.IOException: no lease",
  "\tat org.apache.hadoop.hdfs.DFSOutputStream.run(DFSOutputStream.java:12)",
  "Caused by: ERROR 42 at 12:00:01",
  "ERROR: no time",
  "2018-07-05 12:00:01,123 and no level",
  "",
])("what goes on with a message has no head: %s", (line) => {
  expect(parseLogHead(line)).toBeUndefined();
});

test.each([
  ["30 Jun 2018 23:00:00,000", "05 Jul 2018 01:00:00,000"],
  ["Jun 30, 2018 11:00:00 PM", "Jul 05, 2018 1:00:00 AM"],
  ["07/05/2018 11:00:00 AM", "07/05/2018 1:00:00 PM"],
  ["12/31/2017 11:00:00", "01/01/2018 10:00:00"],
  ["18/06/30 23:00:00", "18/07/05 01:00:00"],
  ["2018-06-30T23:00:00.000Z", "2018-07-05T01:00:00.000Z"],
  ["999", "1000"],
])("the times of a layout sort: %s, %s", (earlier, later) => {
  const [a, b] = [earlier, later].map(
    (time) => parseLogHead(`${time} INFO x`)!.time,
  );
  expect(a! < b!).toBe(true);
});
