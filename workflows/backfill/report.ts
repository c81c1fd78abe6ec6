import { workflowInfo } from "@temporalio/workflow";
import type { createReportActivities } from "../../activities/backfill/report";
import type { BackfillNumbers } from "../../domain/backfill/report";
import { control } from "../support/activities";
import { lostOffsetsOf, numbersOf, type Outcome } from "./numbers";
import type { Saga } from "./saga";
import type { StepResults } from "./step-results";

/** Writes the report from what the steps have returned. */
export async function writeReport(
  saga: Saga,
  results: Omit<Outcome, "workflowId" | "saga">,
): Promise<StepResults["report"]> {
  const { workflowId } = workflowInfo();
  const outcome = { workflowId, saga, ...results };
  const numbers = numbersOf(outcome);
  const write =
    saga.plan.leftOut === undefined
      ? control.read.writeReport
      : control.read.reportByChoice;
  const { link, markdown, holds } = await write(reportInput(outcome, numbers));
  saga.progress.report = link;
  return { dryRun: false, report: markdown, holds, numbers };
}

type ReportInput = Parameters<
  ReturnType<typeof createReportActivities>["writeReport"]
>[0];

/** What the activity writes the report from; what lies in storage already it reads there. */
function reportInput(outcome: Outcome, numbers: BackfillNumbers): ReportInput {
  const { saga, missing, verified } = outcome;
  const { plan, progress } = saga;
  return {
    report: {
      ...numbers,
      // The topics of a plan that is too large for workflow state are read from storage.
      plan: plan.topics.some(({ byReference }) => byReference)
        ? { ...plan, topics: [] }
        : plan,
      steps: progress.steps,
      topics: missing.topics.map((found) => ({
        topic: found.topic,
        // Which partition lost which offsets is read from the plan.
        lostOffsets: lostOffsetsOf(outcome, found.topic),
        events: found.events,
        messages: found.messages,
        fromArchive: found.fromArchive,
        fromMysql: found.fromMysql,
        unrecoverable: found.unrecoverable,
        ...(found.leftOut ? { leftOut: found.leftOut } : {}),
        ...(found.replayedBefore
          ? { replayedBefore: found.replayedBefore }
          : {}),
      })),
    },
    findingsLeft: verified.findings.map(({ topic, hour, verdict }) => ({
      topic,
      hour,
      verdict,
    })),
  };
}
