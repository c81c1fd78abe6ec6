import { rememberAudited } from "../../../../activities/audit/audited-topics";
import { storeAuditReport } from "../../../../activities/audit/finish-audit";
import { Storage } from "../../../../clients/storage";
import { auditPlaces, latest } from "../../../../clients/storage-layout";
import { hourRulesOf } from "../../../../domain/audit/usable-hours";
import { parseConfig } from "../../../../domain/settings/config";
import { DAY_MS } from "../../../../lib/hour";
import { topicAudit } from "../../../support/audited";
import { MemoryFiles } from "../../../support/memory-hdfs";
import { settings } from "../../../support/settings";

const RULES = hourRulesOf(parseConfig(settings()));
const NOW = Date.parse("2018-07-05T05:20:00.000Z");
const BEGAN = new Date(NOW).toISOString();

const newStorage = () =>
  new Storage(new MemoryFiles().hdfs, "/sisyphus", "http://reports");

test("topics that an audit did not look at are remembered from those before it, for the longest look-back", async () => {
  const storage = newStorage();
  await rememberAudited(storage, [{ topic: "a" }], NOW - 32 * DAY_MS);
  await rememberAudited(storage, [{ topic: "b" }], NOW - DAY_MS);
  await rememberAudited(storage, [{ topic: "c" }], NOW);
  expect(await storage.read(latest.auditedTopics)).toEqual({
    b: new Date(NOW - DAY_MS).toISOString(),
    c: BEGAN,
  });
});

test("a damaged file of remembered topics ends no audit", async () => {
  const storage = newStorage();
  await storage.writeText(latest.auditedTopics, "{");
  await rememberAudited(storage, [{ topic: "c" }], NOW);
  expect(await storage.read(latest.auditedTopics)).toEqual({ c: BEGAN });
});

test.each([true, false])(
  "a report tells when its audit began by the clock, and whether it looked at all topics: %s",
  async (listsAll) => {
    const storage = newStorage();
    const batch = await storage.write(auditPlaces("a").batch("0000"), [
      topicAudit("eventlogging_Edit"),
    ]);
    const { report, html } = await storeAuditReport(
      storage,
      "a",
      {
        refs: [batch],
        asOf: "2018-07-05T09:20:00Z",
        range: { since: "2018-07-05T00", until: "2018-07-05T09" },
        startedAt: BEGAN,
        requests: {},
        outages: [],
        listsAll,
      },
      () => undefined,
      168,
      RULES,
    );
    const stored = await storage.readRef<object>(report);
    expect(stored).toMatchObject({ startedAt: BEGAN });
    expect("listsAll" in stored).toBe(listsAll);
    // The last hour whose grace was over when the audit began.
    expect(await storage.readRefText(html)).toContain("2018-07-05T02");
  },
);
