import type { Replayed } from "../../activities/backfill/replay";
import type { createReportActivities } from "../../activities/backfill/report";
import type { Verification } from "../../activities/backfill/verify/verify";
import type { LogScan } from "../../domain/backfill/log-scan";
import type { PlanSummary } from "../../domain/backfill/plan";
import type { Missing } from "../../domain/backfill/missing";
import type { BackfillNumbers } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

/** What the steps have said. */
type Outcome = {
  workflowId: string;
  asOf: string;
  progress: BackfillProgress;
  plan: PlanSummary;
  missing: Omit<Missing, "joinedBy">;
  replayed: Replayed;
  importerRuns: { reset: number; import: number };
  flagsRemoved: number;
  refined: {
    applicationId: string;
    link: string;
    finalStatus: string;
    seconds: number;
  };
  logs: LogScan;
  verified: Verification;
};

export function total<K extends string>(
  items: Record<K, number>[],
  field: K,
): number {
  return items.reduce((sum, item) => sum + item[field], 0);
}

const lostOf = ({ progress }: Outcome, topic: string) =>
  progress.plan?.topics.find((t) => t.topic === topic)?.lostOffsets ?? 0;

function refineOf({ refined, logs }: Outcome): BackfillNumbers["refine"] {
  return {
    ...refined,
    finished: logs.finished,
    failed: logs.failed,
    unexplained: logs.unexplained,
    ...(logs.unread ? { logsUnread: logs.unread } : {}),
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
  };
}

/** The sums; of a topic that was skipped nothing is claimed. */
export function numbersOf(o: Outcome): BackfillNumbers {
  const { skipped } = o.progress;
  const counted = o.missing.topics.filter((t) => !skipped.includes(t.topic));
  const { topics: landed } = o.replayed;
  return {
    workflowId: o.workflowId,
    asOf: o.asOf,
    skipped,
    lostOffsets:
      o.plan.lostOffsets - skipped.reduce((sum, t) => sum + lostOf(o, t), 0),
    found: {
      events: total(counted, "events"),
      messages: total(counted, "messages"),
      fromArchive: total(counted, "fromArchive"),
      fromMysql: total(counted, "fromMysql"),
      unrecoverable: total(counted, "unrecoverable"),
      unreadableLines: o.missing.unreadable,
    },
    replayed: {
      landed: landed
        ? counted.reduce((sum, { topic }) => sum + (landed[topic] ?? 0), 0)
        : o.replayed.landed,
      twice: o.replayed.twice,
    },
    importerRuns: o.importerRuns,
    flagsRemoved: o.flagsRemoved,
    refine: refineOf(o),
    verified: {
      ...o.verified,
      findings: undefined,
      findingsLeft: o.verified.findings.length,
    } as BackfillNumbers["verified"],
  };
}

type ReportInput = Parameters<
  ReturnType<typeof createReportActivities>["writeReport"]
>[0];

/** What the report is written from. */
export function reportInput(o: Outcome, numbers: BackfillNumbers): ReportInput {
  return {
    report: {
      ...numbers,
      // A large plan's topics are read from where it lies.
      plan: o.plan.topics.some((t) => t.byReference)
        ? { ...o.plan, topics: [] }
        : o.plan,
      steps: o.progress.steps,
      topics: o.missing.topics.map(({ topic, ...m }) => ({
        topic,
        // Where in which partition is read from the plan.
        lostOffsets: lostOf(o, topic),
        events: m.events,
        messages: m.messages,
        fromArchive: m.fromArchive,
        fromMysql: m.fromMysql,
        unrecoverable: m.unrecoverable,
      })),
    },
    findingsLeft: o.verified.findings.map(({ topic, hour, verdict }) => ({
      topic,
      hour,
      verdict,
    })),
  };
}
