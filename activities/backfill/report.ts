import { type Plan } from "../../domain/backfill/plan";
import { toHtml, toMarkdown } from "../../reports/document";
import { reportBlocks } from "../../reports/backfill-report";
import { storyOf } from "../../domain/incidents/timeline";
import { hoursIn } from "../../lib/hour";
import type { Storage } from "../../clients/storage";
import type { Grid } from "../../domain/audit/grid";
import {
  type BackfillReport,
  holds,
  type RefineRate,
} from "../../domain/backfill/report";
import { latest, sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";
import { topicHourKey } from "../../lib/keys";

export type ReportLinks = {
  markdown: string;
  json: string;
  html: string;
  link: string;
  holds: boolean;
};

/** Writing the evidence report. */
export function createReportActivities({ storage }: { storage: Storage }) {
  return {
    async writeReport(input: {
      report: Omit<BackfillReport, "before" | "after" | "story">;
      findingsLeft: {
        topic: string;
        hour: string;
        verdict: Plan["findings"][number]["verdict"];
      }[];
    }): Promise<ReportLinks> {
      const id = sagaId();
      const plan = await storage.readRef<Plan>(input.report.plan.ref);
      const grid = (
        findings: {
          topic: string;
          hour: string;
          verdict: Grid[number]["cells"][string];
        }[],
        rest: "empty" | "complete",
      ): Grid => {
        const verdicts = new Map(
          findings.map((f) => [topicHourKey(f.topic, f.hour), f.verdict]),
        );
        const range = hoursIn(plan.range);
        return plan.topics.map((t) => {
          const planned = new Set(t.hours);
          return {
            topic: t.topic,
            cells: Object.fromEntries(
              range
                .filter((h) => planned.has(h))
                .map((h) => [
                  h,
                  verdicts.get(topicHourKey(t.topic, h)) ?? rest,
                ]),
            ),
          };
        });
      };
      const losses = new Map(plan.topics.map((t) => [t.topic, t.losses]));
      const title = `Backfill ${id}`;
      const report: BackfillReport = {
        ...input.report,
        plan: { ...input.report.plan, topics: plan.topics },
        ...(input.report.topics
          ? {
              topics: input.report.topics.map((t) => ({
                ...t,
                losses: t.losses ?? losses.get(t.topic),
              })),
            }
          : {}),
        story: storyOf(plan.findings),
        before: grid(plan.findings, "empty"),
        // A skipped topic was not looked at again.
        after: grid(
          [
            ...input.findingsLeft,
            ...plan.findings.filter((f) =>
              input.report.skipped.includes(f.topic),
            ),
          ],
          "complete",
        ),
      };
      const places = sagaPlaces(id);
      const blocks = reportBlocks(report);
      const json = await storage.write(places.report, report);
      const markdown = await storage.writeText(
        places.reportMarkdown,
        toMarkdown(title, blocks),
      );
      const html = await storage.writeText(
        places.reportPage,
        toHtml(title, blocks),
      );
      const rate: RefineRate = {
        partitions: report.refine.finished,
        seconds: report.refine.seconds,
        by: id,
      };
      await storage.write(latest.rates, rate);
      return {
        markdown,
        json,
        html,
        link: storage.link(html),
        holds: holds(report),
      };
    },
  };
}
