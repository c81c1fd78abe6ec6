import type { Block } from "./document";
import { lossTable } from "./plan-document";
import { type BackfillReport, holds } from "../domain/backfill/report";

const share = (part: number, whole: number) =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;

const clock = (iso: string | undefined) =>
  iso?.slice(0, 19).replace("T", " ") ?? "–";

/** The whole story and its proof; the same in Markdown and HTML. */
export function reportBlocks(r: BackfillReport): Block[] {
  const v = r.verified;
  const sums = (r.topics ?? []).filter(
    (t) => t.lostOffsets > 0 || t.events > 0,
  );
  return [
    {
      text: `${r.plan.range.since} to ${r.plan.range.until} (UTC), as of ${r.asOf}, by the plan ${r.plan.digest}. ${holds(r) ? "The proof holds." : "The proof does not hold."}`,
    },
    { heading: "What happened" },
    ...(r.story && r.story.length > 0
      ? [
          {
            list: [
              ...r.story.map(
                (c) =>
                  `${c.from}${c.to === c.from ? "" : ` to ${c.to}`}: ${c.verdict} (${c.cause}), ${c.topicHours} hours of ${c.topics} topics: ${c.why}`,
              ),
              `${clock(r.asOf)} as of this time the plan was made`,
            ],
          },
        ]
      : []),
    { heading: "What was done" },
    {
      list: r.steps.map(
        (s) =>
          `${clock(s.startedAt)} ${s.name}${s.detail ? `: ${s.detail}` : ""}${s.attempts > 1 ? ` (${s.attempts} attempts)` : ""}`,
      ),
    },
    { heading: "The proof" },
    {
      table: {
        head: ["what", "how many"],
        rows: [
          ["topic-hours that were not whole", r.plan.topicHours],
          ["offsets deleted unread (exact)", r.lostOffsets],
          [
            "messages found for them",
            `${r.found.messages} (${r.found.fromArchive} events from the archive, ${r.found.fromMysql} from MySQL)`,
          ],
          ["unrecoverable", r.found.unrecoverable],
          ["archive lines that cannot be read", r.found.unreadableLines],
          ["events replayed", r.replayed.landed],
          ["produced twice", r.replayed.twice],
          [
            "importer runs (reset, import)",
            `${r.importerRuns.reset}, ${r.importerRuns.import}`,
          ],
          ["flags removed", r.flagsRemoved],
          [
            "partitions refined",
            `${r.refine.finished} by ${r.refine.applicationId} in ${r.refine.seconds} s`,
          ],
          ["rows verified", `${v.rows} in ${v.partitions} partitions`],
          ...(v.deep
            ? [
                [
                  "rows compared field by field with their events",
                  `${v.deep.rows} in ${v.deep.partitions} partitions, ${v.deep.different} differ`,
                ],
              ]
            : []),
          ["duplicates", v.duplicates],
          ["geocoded where an ip is known", share(v.geocoded, v.withIp)],
          ["topic-hours still not whole", v.findingsLeft],
        ],
      },
    },
    { link: `Refine ${r.refine.applicationId} on YARN`, to: r.refine.link },
    ...(r.found.fromMysql > 0
      ? [
          {
            text: `Events that came from MySQL (${r.found.fromMysql}) carry no ip there and cannot be geocoded.`,
          },
        ]
      : []),
    ...(sums.length > 0
      ? [
          { heading: "The sum, topic by topic" },
          {
            text: "Offsets deleted unread = messages found + unrecoverable. Duplicates among the messages are replayed once.",
          },
          {
            table: {
              head: [
                "topic",
                "offsets lost",
                "messages found",
                "archive (events)",
                "MySQL (events)",
                "unrecoverable",
                "",
              ],
              rows: sums.map((t) => [
                t.topic,
                t.lostOffsets,
                t.messages,
                t.fromArchive,
                t.fromMysql,
                t.unrecoverable,
                r.skipped.includes(t.topic)
                  ? "skipped by the operator, not in the sums above"
                  : t.messages + t.unrecoverable === t.lostOffsets
                    ? "closes"
                    : `${t.messages - t.lostOffsets} more than was deleted: they were never in Kafka, or the importer had skipped them`,
              ]),
            },
          },
        ]
      : []),
    ...(sums.some((t) => t.unrecoverable > 0)
      ? [
          { heading: "Unrecoverable" },
          {
            text: "Offsets for which no source has an event. Sources know no partitions: where a topic lost offsets of several, the sum is the topic's.",
          },
          {
            list: sums
              .filter((t) => t.unrecoverable > 0)
              .map(
                (t) =>
                  `${t.topic}: ${t.unrecoverable} of ${(t.losses ?? []).map((l) => `partition ${l.partition}, offsets ${l.from} to ${l.to} (${l.offsets})`).join("; ") || `${t.lostOffsets} offsets`}`,
              ),
          },
        ]
      : []),
    ...(sums.some((t) => t.losses)
      ? [
          { heading: "Offsets deleted unread, partition by partition" },
          { table: lossTable(sums) },
        ]
      : []),
    ...(r.refine.logsUnread
      ? [
          {
            text: `Refine's aggregated logs could not be read: ${r.refine.logsUnread}. What is told of partitions was seen while it ran; rows and flags were verified all the same.`,
          },
        ]
      : []),
    ...(r.refine.logs ? logBlocks(r.refine.logs) : []),
    ...(r.refine.unexplained.length > 0
      ? [
          {
            heading:
              "Planned partitions of which the logs do not say how they ended",
          },
          { list: r.refine.unexplained },
        ]
      : []),
    ...(v.problems.length > 0
      ? [{ heading: "Problems" }, { list: v.problems }]
      : []),
    ...(r.skipped.length > 0
      ? [
          {
            text: `Skipped by the operator, not repaired: ${r.skipped.join(", ")}`,
          },
        ]
      : []),
    { heading: "Before" },
    { grid: r.before },
    { heading: "After" },
    { grid: r.after },
  ];
}

/** What Refine's logs say, joined with the plan. */
function logBlocks(
  logs: NonNullable<BackfillReport["refine"]["logs"]>,
): Block[] {
  const { notWhole, besides, errors } = logs;
  return [
    { heading: "What Refine's logs say, joined with the plan" },
    {
      text: `${logs.containers} containers of ${logs.attempts} attempts. Every partition: ${logs.ref}`,
    },
    {
      table: {
        head: ["outcome", "planned", "not planned"],
        rows: logs.outcomes.map((o) => [o.outcome, o.planned, o.others]),
      },
    },
    ...(notWhole.length > 0
      ? [
          {
            table: {
              head: ["partition", "outcome", "", "why", "container"],
              rows: notWhole.map((p) => [
                p.partition,
                p.outcome,
                p.planned ? "planned" : "not planned",
                p.why ?? "",
                p.container ?? "",
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
          { list: errors.map((e) => `${e.text} (${e.times} times)`) },
        ]
      : []),
  ];
}
