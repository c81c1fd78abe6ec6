import { activityInfo } from "@temporalio/activity";
import type { Grid } from "../domain/grid";
import { canonicalJson, type Plan } from "../domain/plan";
import { type BackfillReport, holds, reportMarkdown } from "../domain/report";
import { hoursIn } from "../domain/hour";
import type { Storage } from "./storage";

export type ReportLinks = {
  markdown: string;
  json: string;
  link: string;
  holds: boolean;
};

/** Writing the evidence report. */
export function createReportActivities({ storage }: { storage: Storage }) {
  return {
    async writeReport(input: {
      report: Omit<BackfillReport, "before" | "after">;
      findingsLeft: {
        topic: string;
        hour: string;
        verdict: Plan["findings"][number]["verdict"];
      }[];
    }): Promise<ReportLinks> {
      const id = activityInfo().workflowExecution!.workflowId;
      const plan = await storage.read<Plan>(input.report.plan.ref);
      const grid = (
        findings: {
          topic: string;
          hour: string;
          verdict: Grid[number]["cells"][string];
        }[],
        rest: "empty" | "complete",
      ): Grid =>
        plan.topics.map((t) => ({
          topic: t.topic,
          cells: Object.fromEntries(
            hoursIn(plan.range)
              .filter((h) => t.hours.includes(h))
              .map((h) => [
                h,
                findings.find((f) => f.topic === t.topic && f.hour === h)
                  ?.verdict ?? rest,
              ]),
          ),
        }));
      const report: BackfillReport = {
        ...input.report,
        before: grid(plan.findings, "empty"),
        after: grid(input.findingsLeft, "complete"),
      };
      const { ref: json } = await storage.put(
        id,
        "report.json",
        canonicalJson(report),
      );
      const { ref: markdown } = await storage.put(
        id,
        "report.md",
        reportMarkdown(report),
      );
      return {
        markdown,
        json,
        link: storage.link(markdown),
        holds: holds(report),
      };
    },
  };
}
