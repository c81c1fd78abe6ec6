import type { BackfillReport } from "../domain/backfill/report";
import type { Block } from "./document";

type RefineNumbers = NonNullable<BackfillReport["refine"]>;

/** What a Refine's aggregated logs say, and what they do not. */
export const logBlocks = (refine: RefineNumbers): Block[] => [
  ...unreadableLogs(refine),
  ...logFindings(refine),
  ...unexplained(refine),
];

function unreadableLogs({ logsUnread }: RefineNumbers): Block[] {
  if (!logsUnread) return [];
  return [
    {
      text: `Refine's aggregated logs could not all be read: ${logsUnread}. What they lack was seen while Refine ran; rows and flags were verified all the same.`,
    },
  ];
}

/** What Refine's logs say, joined with the plan. */
function logFindings({ logs }: RefineNumbers): Block[] {
  if (!logs) return [];
  const { notWhole, besides, errors } = logs;
  return [
    { heading: "What Refine's logs say, joined with the plan" },
    {
      text: `${logs.containers} containers of ${logs.attempts} attempts. Every partition: ${logs.ref}`,
    },
    {
      table: {
        head: ["outcome", "planned", "not planned"],
        rows: logs.outcomes.map(({ outcome, planned, others }) => [
          outcome,
          planned,
          others,
        ]),
      },
    },
    ...(notWhole.length > 0
      ? [
          {
            table: {
              head: ["partition", "outcome", "", "why", "container"],
              rows: notWhole.map((verdict) => [
                verdict.partition,
                verdict.outcome,
                verdict.planned ? "planned" : "not planned",
                verdict.why ?? "",
                verdict.container ?? "",
              ]),
            },
          },
        ]
      : []),
    ...(besides.length > 0
      ? [{ text: `Refined besides the plan: ${besides.join(", ")}` }]
      : []),
    ...(errors.length > 0
      ? [
          { text: "Errors in the logs that belong to no partition:" },
          { list: errors.map(({ text, times }) => `${text} (${times} times)`) },
        ]
      : []),
  ];
}

function unexplained({ unexplained }: RefineNumbers): Block[] {
  if (unexplained.length === 0) return [];
  return [
    {
      heading: "Planned partitions of which the logs do not say how they ended",
    },
    { list: unexplained },
  ];
}
