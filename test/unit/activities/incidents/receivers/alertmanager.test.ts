import { toAlertmanager } from "../../../../../activities/incidents/receivers/alertmanager";
import type { Alert } from "../../../../../domain/incidents/alert";
import {
  ALERT_KINDS,
  type AlertKind,
} from "../../../../../domain/incidents/alert-kinds";

const AT = "2018-07-05T06:00:00.000Z";
const alert = (kind: AlertKind, over: Partial<Alert> = {}): Alert => ({
  id: `1-${AT}`,
  kind,
  cause: "retention-too-short",
  level: "error",
  topics: ["eventlogging_Edit"],
  title: "eventlogging_Edit",
  text: "text",
  at: AT,
  ...over,
});

/** What Alertmanager shows as firing at an hour, after these alerts came in one after the other. */
function firing(alerts: Alert[], at = AT): string[] {
  const ends = new Map<string, string>();
  for (const { labels, endsAt } of alerts.flatMap(toAlertmanager))
    ends.set(JSON.stringify(labels), endsAt);
  return [...ends]
    .filter(([, end]) => end > at)
    .map(([labels]) => JSON.parse(labels).alertname as string)
    .sort();
}

test("each kind begins its own alert", () => {
  const names = (kind: AlertKind) => firing([alert(kind)]);
  expect(names("broken")).toEqual(["SisyphusTopicBroken"]);
  expect(names("escalated")).toEqual(["SisyphusTopicBroken"]);
  expect(names("headroom")).toEqual(["SisyphusLowHeadroom"]);
  expect(names("outage")).toEqual(["SisyphusServiceDown"]);
  expect(names("canary")).toEqual(["SisyphusCanaryLost"]);
});

test("whatever a kind begins is over after each of the kinds that end it", () => {
  for (const [kind, row] of Object.entries(ALERT_KINDS))
    if (row.role === "begins")
      for (const ending of row.endedBy)
        expect(firing([alert(kind as AlertKind), alert(ending)])).toEqual([]);
});

test("every kind that ends something ends at least one alert", () => {
  for (const [kind, row] of Object.entries(ALERT_KINDS))
    if (row.role === "ends")
      expect(toAlertmanager(alert(kind as AlertKind))).not.toEqual([]);
});

test("a topic that was alerted for headroom and then as broken has neither alert left once it is whole", () => {
  const before = [alert("headroom"), alert("broken")];
  expect(firing(before)).toEqual([
    "SisyphusLowHeadroom",
    "SisyphusTopicBroken",
  ]);
  expect(firing([...before, alert("whole")])).toEqual([]);
});

test("headroom that is sufficient again leaves a broken topic's alert as it is", () => {
  expect(
    firing([alert("headroom"), alert("broken"), alert("sufficient")]),
  ).toEqual(["SisyphusTopicBroken"]);
});

test("a lost canary's alert ends by itself after a day, all others after a week", () => {
  const lapse = (kind: AlertKind) => toAlertmanager(alert(kind))[0]!.endsAt;
  expect(lapse("canary")).toBe("2018-07-06T06:00:00.000Z");
  expect(lapse("broken")).toBe("2018-07-12T06:00:00.000Z");
});

test("each topic is an alert with its cause and level, a link where there is one", () => {
  const sent = toAlertmanager(
    alert("broken", { topics: ["a", "b"], link: "http://127.0.0.1/x" }),
  );
  expect(sent.map((a) => a.labels.subject)).toEqual(["a", "b"]);
  expect(sent[0]).toMatchObject({
    labels: { service: "sisyphus" },
    annotations: { cause: "retention-too-short", severity: "error" },
    startsAt: AT,
    generatorURL: "http://127.0.0.1/x",
  });
});

test("an alert's annotation is its severity; one that an earlier version has made has its level there", () => {
  const said = (over: Partial<Alert>) =>
    toAlertmanager(alert("broken", over))[0]!.annotations.severity;
  expect(said({ severity: "critical" })).toBe("critical");
  expect(said({ level: "warning" })).toBe("warning");
});
