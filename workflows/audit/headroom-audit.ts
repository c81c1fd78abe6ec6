import { setCurrentDetails } from "@temporalio/workflow";
import type { TopicHeadroom } from "../../domain/audit/headroom";
import { headroomInput } from "../../domain/settings/inputs";
import { control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { parseInput } from "../support/parse";
import { changedBy } from "../support/patches";
import type { HeadroomSummary } from "../../domain/audit/audit-report";

/** Topics that one activity asks about. */
const BATCH_TOPICS = 50;
/** Topics that the details and the result name; all of them are in storage. */
const MAX_NAMED = 200;

/** Finds topics whose unread data is about to be deleted, and reports them to their incidents: a warning before any loss. */
export async function headroomAudit(raw: unknown): Promise<HeadroomSummary> {
  const input = parseInput(headroomInput, raw ?? {});
  const asOf = input.asOf ?? new Date().toISOString();
  if (!changedBy("headroom-without-settings")) await control.read.settings();
  const listed = input.topics ?? (await control.read.listTopics());
  const topics = Array.isArray(listed) ? listed : listed.topics;
  const low: TopicHeadroom[] = [];
  for (let i = 0; i < topics.length; i += BATCH_TOPICS) {
    const batch = topics.slice(i, i + BATCH_TOPICS);
    const found = await control.read.headroomBatch({ topics: batch, asOf });
    await control.read.reportHeadroom({
      looked: batch,
      low: found.low,
      asOf,
    });
    low.push(...found.low);
  }
  await control.read.saveHeadroom({ low });
  setAttributes({
    topics: low.map((h) => h.topic),
    phase: low.length > 0 ? "low" : "clean",
  });
  setCurrentDetails(details(low, topics.length, asOf));
  return { asOf, topics: topics.length, low: low.slice(0, MAX_NAMED) };
}

/** What the Web UI shows: how many topics have little headroom, and which. */
const details = (low: TopicHeadroom[], topics: number, asOf: string): string =>
  [
    `**${low.length} of ${topics} topics have little headroom**, as of ${asOf}.`,
    "",
    "| topic | hours | level | why |",
    "| --- | --: | --- | --- |",
    ...low
      .slice(0, MAX_NAMED)
      .map((h) => `| ${h.topic} | ${h.hours} | ${h.level} | ${h.why} |`),
  ].join("\n");
