import { setCurrentDetails } from "@temporalio/workflow";
import type { TopicHeadroom } from "../../domain/audit/headroom";
import { addHours, hourOf } from "../../lib/hour";
import { headroomInput } from "../../domain/settings/inputs";
import { control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { parseInput } from "../support/parse";
import type { HeadroomSummary } from "../../domain/audit/audit-report";

const BATCH = 50;
const MAX_NAMED = 200;

/** Finds topics whose unread data is about to be deleted, and tells their incidents: a warning before any loss. */
export async function headroomAudit(raw: unknown): Promise<HeadroomSummary> {
  const input = parseInput(headroomInput, raw ?? {});
  const asOf = input.asOf ?? new Date().toISOString();
  const { lookbackHours } = await control.read.settings();
  const topics = input.topics ?? (await control.read.listTopics());
  const until = hourOf(Date.parse(asOf));
  const range = { since: addHours(until, -lookbackHours), until };
  const low: TopicHeadroom[] = [];
  for (let i = 0; i < topics.length; i += BATCH) {
    const looked = topics.slice(i, i + BATCH);
    const found = await control.read.headroomBatch({ topics: looked, asOf });
    await control.read.reportHeadroom({ looked, low: found.low, asOf, range });
    low.push(...found.low);
  }
  await control.read.saveHeadroom({ low });
  setAttributes({
    topics: low.map((h) => h.topic),
    phase: low.length > 0 ? "low" : "clean",
  });
  setCurrentDetails(
    [
      `**${low.length} of ${topics.length} topics have little headroom**, as of ${asOf}.`,
      "",
      "| topic | hours | level | why |",
      "| --- | --: | --- | --- |",
      ...low
        .slice(0, MAX_NAMED)
        .map((h) => `| ${h.topic} | ${h.hours} | ${h.level} | ${h.why} |`),
    ].join("\n"),
  );
  return { asOf, topics: topics.length, low: low.slice(0, MAX_NAMED) };
}
