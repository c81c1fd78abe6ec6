import {
  makeAlerts,
  newDesk,
  noteUndeliverable,
  takeOutages,
} from "../../../../domain/incidents/desk";
import { deskMarkdown } from "../../../../reports/alert-desk";
import { NOW } from "./incident-fixtures";

const undeliverable = (title: string, receiver = "webhook") => ({
  at: NOW,
  receiver,
  title,
  why: "webhook at https://hooks.example.org: 404 no such hook",
});

const outage = {
  service: "HDFS",
  address: "http://127.0.0.1:9870",
  message: "connection refused",
};

test("an outage is alerted once when it begins and once when it ends", () => {
  const desk = newDesk();
  takeOutages(desk, [outage]);
  takeOutages(desk, [outage]);
  takeOutages(desk, []);
  takeOutages(desk, []);
  expect(desk.items.map((item) => `${item.kind} ${item.subject}`)).toEqual([
    "outage HDFS",
    "back HDFS",
  ]);
});

test("alerts are numbered over the desk's whole life", () => {
  const desk = { ...newDesk(), sent: 41 };
  takeOutages(desk, [outage]);
  expect(makeAlerts(desk, desk.items, NOW)[0]?.id).toBe(`42-${NOW}`);
});

test("undeliverable alerts are counted by receiver, and the newest twenty are shown with the reason", () => {
  const desk = newDesk();
  for (let i = 1; i <= 25; i++) noteUndeliverable(desk, undeliverable(`a${i}`));
  noteUndeliverable(desk, undeliverable("b", "smtp"));
  expect(desk.undeliverable).toHaveLength(20);
  const page = deskMarkdown(desk, ["webhook", "smtp"]);
  expect(page).toContain("webhook: 25, smtp: 1");
  expect(page).toContain("b (webhook at https://hooks.example.org: 404");
  expect(page).not.toContain("a5 ");
});

test("a desk that an earlier version began has no undeliverable alerts to show", () => {
  expect(deskMarkdown(newDesk(), [])).not.toContain("ndeliverable");
});

test("a partial report begins outages and ends none", () => {
  const desk = newDesk();
  const hive = { service: "Hive", address: "h", message: "Hive at h: refused" };
  takeOutages(desk, [outage]);
  takeOutages(desk, [hive], true);
  expect(Object.keys(desk.down)).toEqual([outage.service, "Hive"]);
  expect(desk.items.map(({ kind }) => kind)).toEqual(["outage", "outage"]);
});
