import { storeAuditReport } from "../../../../activities/audit/finish-audit";
import {
  knownTopics,
  rememberTopics,
} from "../../../../activities/audit/known-topics";
import { Storage } from "../../../../clients/storage";
import { auditPlaces, latest } from "../../../../clients/storage-layout";
import type { TopicAudit } from "../../../../domain/audit/audit-report";
import { addHours, HOUR_MS, hourOf } from "../../../../lib/hour";
import { MemoryHdfs } from "../../../chaos/memory/systems";
import { finding } from "../../domain/incidents/incident-fixtures";

const NEW = "eventlogging_New";
const EDIT = "eventlogging_Edit";
const AS_OF = "2018-07-05T05:20:00Z";
const UNTIL = "2018-07-05T05";
const USUAL = { since: addHours(UNTIL, -168), until: UNTIL };

const audited = (topic: string, over: Partial<TopicAudit> = {}) => ({
  ...{ topic, cells: {}, findings: [], lostOffsets: 0, unread: 0 },
  ...{ events: 0, missing: 0 },
  ...over,
});

/** The known topics after audits, each over the usual range unless it says otherwise; the first found something unread of NEW. */
async function after(
  ...audits: Partial<Parameters<typeof rememberTopics>[1]>[]
): Promise<string[]> {
  const storage = new Storage(new MemoryHdfs() as never, "/sisyphus");
  const first = { audits: [audited(NEW, { unread: 100 }), audited(EDIT)] };
  for (const audit of [first, ...audits])
    await rememberTopics(storage, {
      ...{ audits: [], asOf: AS_OF, range: USUAL, outages: [] },
      lookbackHours: 168,
      ...audit,
    });
  return knownTopics(storage);
}

test("an audit of chosen topics makes no later audit forget another topic", async () => {
  expect(await after({ audits: [audited(EDIT)] })).toEqual([NEW]);
  expect(await after({ audits: [audited(EDIT, { lostOffsets: 1 })] })).toEqual([
    EDIT,
    NEW,
  ]);
});

test("an audit as of an instant before another's makes no later audit forget a topic", async () => {
  const past = {
    asOf: "2018-06-01T05:20:00Z",
    range: { since: "2018-05-25T05", until: "2018-06-01T05" },
  };
  expect(await after({ ...past, audits: [audited(NEW)] })).toEqual([NEW]);
});

test("a list of known topics that is damaged forgets none that the newest audit knew", async () => {
  const hdfs = new MemoryHdfs();
  const storage = new Storage(hdfs as never, "/sisyphus");
  const ref = await storage.write(auditPlaces("audit").report, {
    audits: [audited(NEW, { unread: 100 })],
  } as never);
  await storage.write(latest.audit, { ref, html: "" });
  hdfs.put(storage.path(latest.knownTopics), "[");
  expect(await knownTopics(storage)).toEqual([NEW]);
});

test("a topic is forgotten once an audit over the usual range finds nothing unread or lost of it", async () => {
  expect(await after({ audits: [audited(NEW)] })).toEqual([]);
  const deleted = [finding("2018-07-05T01", { cause: "topic-deleted" })];
  expect(
    await after({ audits: [audited(NEW, { findings: deleted })] }),
  ).toEqual([NEW]);
});

test("a topic is not forgotten by an audit as of an earlier instant than one before it", async () => {
  const audits = [audited(NEW)];
  const earlier = {
    ...{ audits, asOf: "2018-07-04T05:20:00Z" },
    range: { since: addHours(UNTIL, -192), until: addHours(UNTIL, -24) },
  };
  expect(await after(earlier)).toEqual([NEW]);
  // The same instant, in another form, is no earlier one.
  expect(
    await after(earlier, { audits, asOf: "2018-07-05T05:20:00.000Z" }),
  ).toEqual([]);
});

test("a mistaken audit as of an instant to come does not keep topics known until then", async () => {
  const audits = [audited(NEW)];
  const asOf = new Date(Date.now() + 500 * HOUR_MS);
  const until = hourOf(asOf.getTime());
  const now = hourOf(Date.now() + HOUR_MS);
  expect(
    await after(
      {
        ...{ audits: [audited(NEW, { unread: 1 })], asOf: asOf.toISOString() },
        range: { since: addHours(until, -168), until },
      },
      {
        ...{ audits, asOf: `${now}:20:00Z` },
        range: { since: addHours(now, -168), until: now },
      },
    ),
  ).toEqual([]);
});

test.each([
  ["looked at few hours", { range: { ...USUAL, since: addHours(UNTIL, -3) } }],
  [
    "looked at hours of long ago",
    { range: { since: addHours(UNTIL, -500), until: addHours(UNTIL, -300) } },
  ],
  [
    "found a service down",
    { outages: [{ service: "Kafka", address: "k:9092", message: "is down" }] },
  ],
  [
    "could not look at the topic",
    { audits: [audited(NEW, { problem: "it cannot be audited" })] },
  ],
])("an audit that %s forgets no topic", async (_, audit) => {
  expect(await after({ audits: [audited(NEW)], ...audit })).toEqual([NEW]);
});

test("what the newest audit of an earlier version knew is known still", async () => {
  const storage = new Storage(new MemoryHdfs() as never, "/sisyphus");
  const report = { folder: "audit-1", name: "audit.json" };
  const ref = await storage.write(report, {
    audits: [audited(NEW, { unread: 1 }), audited(EDIT)],
  });
  await storage.write(latest.audit, { ref, html: "" });
  expect(await knownTopics(storage)).toEqual([NEW]);
});

test("an audit that ends takes up what the one before it knew, before it takes its place", async () => {
  const storage = new Storage(new MemoryHdfs() as never, "/sisyphus");
  const before = await storage.write(
    { folder: "audit-1", name: "audit.json" },
    { audits: [audited(NEW, { unread: 1 })] },
  );
  await storage.write(latest.audit, { ref: before, html: "" });
  const batch = await storage.write(auditPlaces("by-hand").batch("0000"), [
    audited(EDIT),
  ]);
  const end = { asOf: AS_OF, range: USUAL, startedAt: AS_OF, outages: [] };
  await storeAuditReport(
    storage,
    "by-hand",
    { ...end, refs: [batch], requests: {} },
    () => undefined,
    168,
  );
  expect(await knownTopics(storage)).toEqual([NEW]);
});
