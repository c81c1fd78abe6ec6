import { repairedByPlan } from "./planned-hours";
import { beforeAndAfter } from "../../domain/backfill/before-and-after";
import type { Finding, Plan } from "../../domain/backfill/plan";
import { apartByChoice } from "../../domain/backfill/verification";
import {
  type BackfillReport,
  holds,
  type RefineRate,
} from "../../domain/backfill/report";
import { storyOf } from "../../domain/incidents/timeline";
import { reportBlocks } from "../../reports/backfill-report";
import { toHtml, toMarkdown } from "../../reports/document";
import type { Storage } from "../../clients/storage";
import { latest, sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";

/** Where a backfill's report lies in storage, in three forms, and what it comes to. */
export type ReportLinks = {
  markdown: string;
  json: string;
  html: string;
  /** Where a browser opens the page. */
  link: string;
  /** Whether everything that could be recovered is back, whole and once. */
  holds: boolean;
};

type ReportInput = {
  /** The report as the workflow knows it, without what follows from the stored plan. */
  report: Omit<
    BackfillReport,
    "before" | "after" | "story" | "chosen" | "leftOut"
  >;
  /** What the verification still finds. */
  findingsLeft: {
    topic: string;
    hour: string;
    verdict: Plan["findings"][number]["verdict"];
  }[];
};

/** The whole report: what the workflow knows, and what only the stored plan holds (hours, losses by partition, findings). */
function completeReport(
  { report, findingsLeft }: ReportInput,
  plan: Plan,
): BackfillReport {
  const losses = new Map(plan.topics.map((t) => [t.topic, t.losses]));
  return {
    ...report,
    plan: { ...report.plan, topics: plan.topics },
    ...(report.topics
      ? {
          topics: report.topics.map((t) => ({
            ...t,
            losses: t.losses ?? losses.get(t.topic),
          })),
        }
      : {}),
    ...(plan.chosen ? { chosen: plan.chosen } : {}),
    ...(plan.leftOut ? { leftOut: plan.leftOut } : {}),
    story: storyOf(plan.findings),
    ...beforeAndAfter(plan, findingsLeft, report.skipped),
  };
}

/** Writing the evidence report. */
export function createReportActivities({ storage }: { storage: Storage }) {
  async function writeReport(input: ReportInput): Promise<ReportLinks> {
    const id = sagaId();
    const places = sagaPlaces(id);
    const plan = await storage.readRef<Plan>(input.report.plan.ref);
    const report = completeReport(input, plan);
    const title = `Backfill ${id}`;
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
    if (report.refine) {
      const { finished, seconds } = report.refine;
      const rate: RefineRate = { partitions: finished, seconds, by: id };
      await storage.write(latest.rates, rate);
    }
    return {
      markdown,
      json,
      html,
      link: storage.link(html),
      holds: holds(report),
    };
  }

  return {
    /**
     * Writes a backfill's report to the saga's folder in storage as JSON, as Markdown and as a page, and records how fast its Refine
     * was: estimates of later plans rest on it.
     */
    writeReport,
    /** The same of a saga that left something out. A worker of before, which would not name that, does not know it. */
    reportByChoice: writeReport,
    /**
     * What a verification finds, without what it finds of hours that the plan does not repair: the proof does not ask for them. Verification
     * itself knows nothing of a choice, so that a worker of before may do it.
     */
    async findingsByChoice(input: {
      planRef: string;
      findings: Finding[];
    }): Promise<ReturnType<typeof apartByChoice>> {
      return apartByChoice(
        input.findings,
        await repairedByPlan(storage, input.planRef),
      );
    },
  };
}
