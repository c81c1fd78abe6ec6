import type { BackfillNumbers } from "../../domain/backfill/report";
import { notSkipped } from "../../domain/backfill/progress";
import type { Saga } from "./saga";
import type { StepResults } from "./step-results";
import { total } from "../../lib/total";

/** What a saga's steps have returned, before its report is written. */
export type Outcome = {
  workflowId: string;
  saga: Pick<Saga, "asOf" | "plan" | "progress">;
  reset: StepResults["reset import"];
  missing: StepResults["find missing"];
  replayed: StepResults["replay"];
  imported: StepResults["import"];
  flagsRemoved: StepResults["clear flags"];
  refined: StepResults["refine"];
  logs: StepResults["scan logs"];
  verified: StepResults["verify"];
};

/** Offsets of a topic that were deleted unread, by the plan. */
export const lostOffsetsOf = (
  { saga }: Pick<Outcome, "saga">,
  name: string,
): number =>
  saga.progress.plan?.topics.find(({ topic }) => topic === name)?.lostOffsets ??
  0;

/** The sums over all topics that were not skipped: nothing is claimed of one that was. */
export function numbersOf(outcome: Outcome): BackfillNumbers {
  const { saga, missing, replayed, verified } = outcome;
  const { skipped } = saga.progress;
  const counted = notSkipped(missing.topics, saga.progress);
  const { findings, ...proven } = verified;
  return {
    workflowId: outcome.workflowId,
    asOf: saga.asOf,
    skipped,
    lostOffsets:
      saga.plan.lostOffsets -
      skipped.reduce((sum, topic) => sum + lostOffsetsOf(outcome, topic), 0),
    found: {
      events: total(counted, "events"),
      messages: total(counted, "messages"),
      fromArchive: total(counted, "fromArchive"),
      fromMysql: total(counted, "fromMysql"),
      unrecoverable: total(counted, "unrecoverable"),
      unreadableLines: missing.unreadable,
      ...leftOutOf(counted),
      ...(missing.mysqlRows ? { mysqlRows: missing.mysqlRows } : {}),
      ...(missing.sources ? { sources: missing.sources } : {}),
    },
    replayed: {
      landed: landedOf(counted, replayed),
      twice: replayed.twice,
    },
    importerRuns: { reset: outcome.reset.runs, import: outcome.imported.runs },
    ...refineNumbers(outcome),
    verified: { ...proven, findingsLeft: findings.length },
  };
}

/** Messages that were found of hours that the plan leaves out. */
function leftOutOf(
  topics: StepResults["find missing"]["topics"],
): Pick<BackfillNumbers["found"], "leftOut"> {
  const messages = topics.reduce(
    (sum, { leftOut }) => sum + (leftOut?.messages ?? 0),
    0,
  );
  return messages > 0 ? { leftOut: messages } : {};
}

/** Distinct events of these topics that landed in Kafka; replays of 0.1.0 only say how many landed in all. */
function landedOf(
  topics: { topic: string }[],
  { landed, topics: landedByTopic }: StepResults["replay"],
): number {
  if (!landedByTopic) return landed;
  return topics.reduce(
    (sum, { topic }) => sum + (landedByTopic[topic] ?? 0),
    0,
  );
}

/** What was cleared and refined; nothing where nobody refines. */
function refineNumbers({
  flagsRemoved,
  refined,
  logs,
}: Outcome): Pick<BackfillNumbers, "flagsRemoved" | "refine"> {
  if (!refined || !logs) return { flagsRemoved: 0 };
  return {
    flagsRemoved: flagsRemoved ?? 0,
    refine: {
      ...refined,
      finished: logs.finished,
      failed: logs.failed,
      unexplained: logs.unexplained,
      ...(logs.unread ? { logsUnread: logs.unread } : {}),
      // Scans of 0.1.0 do not join the logs with the plan.
      ...(logs.partitionsRef
        ? {
            logs: {
              attempts: logs.attempts ?? 0,
              containers: logs.containers ?? 0,
              outcomes: logs.outcomes ?? [],
              notWhole: logs.notWhole ?? [],
              besides: logs.besides ?? [],
              errors: logs.errors ?? [],
              ref: logs.partitionsRef,
            },
          }
        : {}),
    },
  };
}
