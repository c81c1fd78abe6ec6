import type { BackfillReport } from "../domain/backfill/report";
import type { Block } from "./document";

type TopicSum = NonNullable<BackfillReport["topics"]>[number];

/** What an audit after the repair says of hours that were left out. */
export function leftOutAfter({
  verified: { leftOut },
}: BackfillReport): Block[] {
  if (!leftOut || leftOut.topicHours === 0) return [];
  return [
    {
      text: `An audit after the repair says of hours that were left out, or were not chosen, the following (${leftOut.topicHours} topic-hours):`,
    },
    { list: leftOut.named },
  ];
}

/** What was left out is not whole for that, and is no part of the proof. */
export const leftOutRows = ({ leftOut, found, verified }: BackfillReport) => [
  ...(leftOut ? [["topic-hours left out, not repaired", leftOut.length]] : []),
  ...(found.leftOut
    ? [["messages found of hours left out, not replayed", found.leftOut]]
    : []),
  ...(verified.leftOut && verified.leftOut.topicHours > 0
    ? [
        [
          "topic-hours left out that are not whole after it, no part of the proof",
          verified.leftOut.topicHours,
        ],
      ]
    : []),
];

/** Whether what was found and what cannot be recovered are together what was lost. */
export function balance({
  lostOffsets,
  messages,
  unrecoverable,
  leftOut = { events: 0, messages: 0 },
}: TopicSum): string {
  const found = messages + leftOut.messages;
  const sum =
    found + unrecoverable === lostOffsets
      ? "closes"
      : `${found - lostOffsets} more than was deleted: they were never in Kafka, or the importer had skipped them`;
  return leftOut.messages > 0
    ? `${sum}; ${leftOut.messages} messages of hours left out are found besides, and not replayed`
    : sum;
}
