import {
  type AlertItem,
  groupAlerts,
  severityOfAlert,
  urgencyOf,
} from "../../../../domain/incidents/alert";

const item = (subject: string, over: Partial<AlertItem> = {}): AlertItem => ({
  kind: "broken",
  subject,
  cause: "premature-deletion",
  level: "error",
  text: "3 hours are not whole",
  ...over,
});
const titles = (items: AlertItem[]) =>
  groupAlerts(items).map((alert) => alert.title);

test("fifty topics that break by one cause are one alert that names fifty topics", () => {
  const topics = Array.from({ length: 50 }, (_, i) => `t${i}`);
  const alerts = groupAlerts(topics.map((topic) => item(topic)));
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    title: "50 topics are broken: premature-deletion",
    topics: [...topics].sort(),
  });
});

test("another cause is another alert", () => {
  expect(titles([item("a"), item("b", { cause: "outdated-job" })])).toEqual([
    "a is broken: premature-deletion",
    "b is broken: outdated-job",
  ]);
});

test("a title names what it is about: topics with their cause, services without, what is over without", () => {
  expect(titles([item("HDFS", { kind: "outage" })])).toEqual([
    "HDFS is not answering",
  ]);
  expect(
    titles([item("HDFS", { kind: "back" }), item("Hive", { kind: "back" })]),
  ).toEqual(["2 services are answering again"]);
  expect(titles([item("a", { kind: "whole" })])).toEqual(["a is whole again"]);
  expect(titles([item("a", { kind: "sufficient" })])).toEqual([
    "a is no longer about to lose data",
  ]);
});

test("an alert is an error as soon as one of its topics is", () => {
  const warning = item("a", { level: "warning" });
  expect(groupAlerts([warning])[0]?.level).toBe("warning");
  expect(groupAlerts([warning, item("b")])[0]?.level).toBe("error");
});

test("topics whose policies differ in how urgent they are have alerts of their own", () => {
  const alerts = groupAlerts([
    item("a", { severity: "critical" }),
    item("b", { severity: "info" }),
    item("c", { severity: "critical", level: "warning" }),
  ]);
  expect(alerts.map(({ topics, severity }) => [topics, severity])).toEqual([
    [["a", "c"], "critical"],
    [["b"], "info"],
  ]);
});

test("topics of one owner are an alert of their own that names the owner", () => {
  const alerts = groupAlerts([
    item("a", { owner: "editors" }),
    item("b"),
    item("c", { owner: "editors" }),
  ]);
  expect(alerts.map(({ topics, owner }) => [topics, owner])).toEqual([
    [["a", "c"], "editors"],
    [["b"], undefined],
  ]);
  expect(alerts[0]!.text.split("\n")).toEqual([
    "a: 3 hours are not whole",
    "c: 3 hours are not whole",
    "Owner: editors",
  ]);
  expect(alerts[1]!.text).toBe("b: 3 hours are not whole");
});

test("items of an earlier version are as urgent as their level, and stand with those of the default policy", () => {
  const [alert, ...others] = groupAlerts([
    item("a", { level: "warning" }),
    item("b", { severity: "error" }),
  ]);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ level: "error", severity: "error" });
  expect(urgencyOf(item("a", { level: "warning" }))).toBe("warning");
  expect(severityOfAlert({ level: "warning" })).toBe("warning");
});

test("an outage is an error whatever topics are, and its end is no more than a warning", () => {
  expect(urgencyOf(item("HDFS", { kind: "outage" }))).toBe("error");
  expect(urgencyOf(item("HDFS", { kind: "back", level: "warning" }))).toBe(
    "warning",
  );
});
