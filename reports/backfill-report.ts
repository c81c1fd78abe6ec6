import type { Block } from "./document";
import { balance, leftOutAfter, leftOutRows } from "./left-out";
import { leftOutBlocks, lossTable } from "./plan-document";
import { rowsInWords } from "../domain/backfill/mysql-rows";
import { rowsText } from "../domain/backfill/verification";
import { logBlocks } from "./refine-logs";
import { mysqlBlocks } from "./mysql-rows";
import { type BackfillReport, holds } from "../domain/backfill/report";
import { lackingIs, sourcesInWords } from "../domain/backfill/searched-sources";

type RefineNumbers = NonNullable<BackfillReport["refine"]>;
type TopicSum = NonNullable<BackfillReport["topics"]>[number];

/** The whole story of a saga and its proof; the same in Markdown and HTML. */
export function reportBlocks(report: BackfillReport): Block[] {
  const sums = (report.topics ?? []).filter(
    ({ lostOffsets, events }) => lostOffsets > 0 || events > 0,
  );
  return [
    introduction(report),
    { heading: "What happened" },
    ...whatHappened(report),
    { heading: "What was done" },
    stepList(report),
    { heading: "The proof" },
    proofTable(report),
    ...(report.refine
      ? [
          {
            link: `Refine ${report.refine.applicationId} on YARN`,
            to: report.refine.link,
          },
        ]
      : []),
    ...mysqlBlocks(report),
    ...topicSums(sums, report),
    ...unrecoverable(sums, report),
    ...losses(sums),
    ...(report.refine ? logBlocks(report.refine) : []),
    ...problems(report),
    ...skippedTopics(report),
    ...leftOutBlocks(report),
    ...leftOutAfter(report),
    { heading: "Before" },
    { grid: report.before },
    { heading: "After" },
    { grid: report.after },
  ];
}

const introduction = (report: BackfillReport): Block => {
  const { range, digest } = report.plan;
  return {
    text: `${range.since} to ${range.until} (UTC), as of ${report.asOf}, by the plan ${digest}. ${holds(report) ? "The proof holds." : "The proof does not hold."}`,
  };
};

/** An instant as people write it, to the second, UTC. */
const clock = (iso: string | undefined) =>
  iso?.slice(0, 19).replace("T", " ") ?? "–";

function whatHappened({ story = [], asOf }: BackfillReport): Block[] {
  if (story.length === 0) return [];
  return [
    {
      list: [
        ...story.map(
          ({ from, to, verdict, cause, topicHours, topics, why }) =>
            `${from}${to === from ? "" : ` to ${to}`}: ${verdict} (${cause}), ${topicHours} hours of ${topics} topics: ${why}`,
        ),
        `${clock(asOf)} as of this time the plan was made`,
      ],
    },
  ];
}

const stepList = ({ steps }: BackfillReport): Block => ({
  list: steps.map(
    ({ name, startedAt, detail, attempts }) =>
      `${clock(startedAt)} ${name}${detail ? `: ${detail}` : ""}${attempts > 1 ? ` (${attempts} attempts)` : ""}`,
  ),
});

function proofTable(report: BackfillReport): Block {
  const { found, importerRuns, refine, replayed, verified } = report;
  return {
    table: {
      head: ["what", "how many"],
      rows: [
        ["topic-hours that were not whole", report.plan.topicHours],
        ["offsets deleted unread (exact)", report.lostOffsets],
        [
          "messages found for them",
          `${found.messages} (${found.fromArchive} events from the archive, ${found.fromMysql} from MySQL)`,
        ],
        [lackingIs(found.sources), found.unrecoverable],
        ["archive lines that cannot be read", found.unreadableLines],
        ...(found.mysqlRows
          ? [["rows of MySQL", rowsInWords(found.mysqlRows)]]
          : []),
        ["events replayed", replayed.landed],
        ["produced twice", replayed.twice],
        [
          "importer runs (reset, import)",
          `${importerRuns.reset}, ${importerRuns.import}`,
        ],
        ...(refine ? refinedRows(report, refine) : rawRows(verified)),
        ...(verified.importedTwice
          ? [
              [
                "topic-hours that are whole, with records that were imported twice",
                verified.importedTwice,
              ],
            ]
          : []),
        ["topic-hours still not whole", verified.findingsLeft],
        ...leftOutRows(report),
      ],
    },
  };
}

/** What was refined, and what its rows say. */
const refinedRows = (
  { flagsRemoved, verified }: BackfillReport,
  { finished, applicationId, seconds }: RefineNumbers,
): (string | number)[][] => [
  ["flags removed", flagsRemoved],
  ["partitions refined", `${finished} by ${applicationId} in ${seconds} s`],
  ["rows verified", rowsText(verified)],
  ...(verified.deep
    ? [
        [
          "rows compared field by field with their events",
          `${verified.deep.rows} in ${verified.deep.partitions} partitions, ${verified.deep.different} differ`,
        ],
      ]
    : []),
  ["duplicates", verified.duplicates],
  [
    "geocoded where an ip is known",
    percentage(verified.geocoded, verified.withIp),
  ],
];

/** What the raw hours themselves say, where nobody refines them. */
const rawRows = (verified: BackfillReport["verified"]) => [
  ["raw records verified", rowsText(verified)],
  ["replayed events in their raw hours", verified.found],
  ["replayed events that lie there twice", verified.duplicates],
];

const percentage = (part: number, whole: number) =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;

function topicSums(
  sums: TopicSum[],
  { skipped, found: { sources } }: BackfillReport,
): Block[] {
  if (sums.length === 0) return [];
  const lacking = lackingIs(sources);
  return [
    { heading: "The sum, topic by topic" },
    {
      text: `Offsets deleted unread = messages found + ${lacking}. Duplicates among the messages are replayed once.${sources ? ` ${sourcesInWords(sources)}` : ""}`,
    },
    {
      table: {
        head: [
          "topic",
          "offsets lost",
          "messages found",
          "archive (events)",
          "MySQL (events)",
          lacking,
          "",
        ],
        rows: sums.map((sum) => [
          sum.topic,
          sum.lostOffsets,
          sum.messages,
          sum.fromArchive,
          sum.fromMysql,
          sum.unrecoverable,
          skipped.includes(sum.topic)
            ? "skipped by the operator, not in the sums above"
            : balance(sum),
        ]),
      },
    },
  ];
}

function unrecoverable(
  sums: TopicSum[],
  { found: { sources } }: BackfillReport,
): Block[] {
  const incomplete = sums.filter((sum) => sum.unrecoverable > 0);
  if (incomplete.length === 0) return [];
  return [
    { heading: capitalized(lackingIs(sources)) },
    {
      text: "Offsets for which no source that was asked has an event. Sources know no partitions: where a topic lost offsets of several, the sum is the topic's.",
    },
    {
      list: incomplete.map(
        (sum) =>
          `${sum.topic}: ${sum.unrecoverable} of ${lossText(sum)}${replayedText(sum)}`,
      ),
    },
  ];
}

const capitalized = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** An aborted saga has put the positions back, and its messages have stayed: the offsets that they stand for count as lost again. */
const replayedText = ({ replayedBefore }: TopicSum) =>
  replayedBefore
    ? `. Kafka has ${replayedBefore} messages that earlier sagas replayed: so many of these may be back already`
    : "";

function lossText({ losses = [], lostOffsets }: TopicSum): string {
  if (losses.length === 0) return `${lostOffsets} offsets`;
  return losses
    .map(
      ({ partition, from, to, offsets }) =>
        `partition ${partition}, offsets ${from} to ${to} (${offsets})`,
    )
    .join("; ");
}

function losses(sums: TopicSum[]): Block[] {
  if (!sums.some((sum) => sum.losses)) return [];
  return [
    { heading: "Offsets deleted unread, partition by partition" },
    { table: lossTable(sums) },
  ];
}

function problems({ verified }: BackfillReport): Block[] {
  if (verified.problems.length === 0) return [];
  return [{ heading: "Problems" }, { list: verified.problems }];
}

function skippedTopics({ skipped }: BackfillReport): Block[] {
  if (skipped.length === 0) return [];
  return [
    { text: `Skipped by the operator, not repaired: ${skipped.join(", ")}` },
  ];
}
