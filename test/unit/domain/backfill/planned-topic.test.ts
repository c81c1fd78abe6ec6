import type { TopicAudit } from "../../../../domain/audit/audit-report";
import type { Finding } from "../../../../domain/backfill/plan";
import {
  plannedTopic,
  withoutSilence,
} from "../../../../domain/backfill/planned-topic";
import { datasetOf, namingRules } from "../../../../domain/settings/dataset";

const TOPIC = "eventlogging_Gather-Clicks";
const DATASET = datasetOf(TOPIC, namingRules.parse({}))!;
const finding = (
  hour: string,
  verdict: Finding["verdict"],
  missing: number,
): Finding => ({ topic: TOPIC, hour, verdict, missing, why: "" });
const audit = (findings: Finding[], lostOffsets = 0): TopicAudit => ({
  topic: TOPIC,
  cells: {},
  findings,
  lostOffsets,
  unread: 0,
  events: 0,
  missing: 0,
});

test("every hour with a finding is planned, in order", () => {
  expect(
    plannedTopic(
      audit([
        finding("2018-07-05T04", "refine-failed", 0),
        finding("2018-07-05T03", "import-missing", 7),
      ]),
      DATASET,
    ),
  ).toEqual({
    topic: TOPIC,
    schema: "Gather-Clicks",
    table: "gather_clicks",
    tableDir: "Gather_Clicks",
    hours: ["2018-07-05T03", "2018-07-05T04"],
    lostOffsets: 0,
    reset: false,
    missing: 7,
  });
});

test("a topic that lost offsets has its importer moved; what only Refine lacks is not missing", () => {
  expect(
    plannedTopic(audit([finding("2018-07-05T03", "rows-lost", 3)], 5), DATASET),
  ).toMatchObject({ reset: true, lostOffsets: 5, missing: 0 });
});

test("silence is not planned", () => {
  expect(
    withoutSilence(
      audit([
        finding("2018-07-05T03", "empty", 0),
        finding("2018-07-05T04", "import-missing", 1),
      ]),
    ).findings.map((f) => f.hour),
  ).toEqual(["2018-07-05T04"]);
});
