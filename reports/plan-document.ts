import type { Block } from "./document";
import type { Estimate, Plan, RunningJob } from "../domain/backfill/plan";
import { isImportFault } from "../domain/audit/verdicts";
import { topicHourKey } from "../lib/keys";

/** What an abort does about each step that changes something. */
const UNDO: [string, string, string][] = [
  [
    "hold retention",
    "raises retention.ms of topics whose replayed events would expire",
    "puts the recorded values back",
  ],
  [
    "reset import",
    "moves the importer to the earliest offset of topics with lost offsets",
    "sets its runs aside; it resumes from where it stood",
  ],
  [
    "replay",
    "produces the missing events into their topics",
    "cannot be undone: events in Kafka stay; they carry the header backfill-id",
  ],
  [
    "import",
    "runs the importer until it has passed the replayed events",
    "with `reset import`; raw files stay and are written anew by the next run",
  ],
  [
    "clear flags",
    "removes the flags below, each recorded first",
    "writes back those that Refine has not set anew",
  ],
  [
    "refine",
    "submits the job below once",
    "kills it while it runs; partitions it has written stay, refined",
  ],
];

const minutes = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;

/** The plan for people: everything that will be touched, and by what right. */
export function planDocument(
  plan: Plan,
  about: { digest: string; running: RunningJob[]; estimate: Estimate },
): Block[] {
  const sum = (f: (t: Plan["topics"][number]) => number) =>
    plan.topics.reduce((n, t) => n + f(t), 0);
  const lossy = plan.findings.filter((f) => isImportFault(f.verdict));
  const outdated = plan.findings.filter((f) => f.verdict === "refine-outdated");
  const { estimate, running } = about;
  return [
    {
      text: `${plan.range.since} to ${plan.range.until} (UTC), as of ${plan.asOf}. Digest ${about.digest}.`,
    },
    {
      table: {
        head: ["what", "how much"],
        rows: [
          ["topic-hours that are not whole", plan.findings.length],
          ["topics", plan.topics.length],
          ["offsets deleted unread (exact)", sum((t) => t.lostOffsets)],
          ["events missing, about", sum((t) => t.missing)],
          ["flags to remove", plan.flags.length],
          ["partitions refined by an outdated job", outdated.length],
          ["importer's newest run", plan.importerRun ?? "none"],
          ["replay, about", minutes(estimate.replaySeconds)],
          [
            `refine ${estimate.partitions} partitions, about`,
            minutes(estimate.refineSeconds),
          ],
        ],
      },
    },
    { text: `Reckoned from: ${estimate.basis.join("; ")}.` },
    ...(running.length > 0
      ? [
          { heading: "Refine runs now" },
          {
            table: {
              head: ["application", "name", "user", "since", ""],
              rows: running.map((j) => [
                j.id,
                j.name,
                j.user,
                j.startedAt,
                j.outdated ?? "wait for its end",
              ]),
            },
          },
          {
            text: "The refine step waits until none of them runs. To end one: sisyphus backfill kill-job NAME APPLICATION.",
          },
        ]
      : []),
    { heading: "Topics" },
    {
      table: {
        head: [
          "topic",
          "hours",
          "first",
          "last",
          "offsets lost",
          "missing",
          "importer reset",
        ],
        rows: plan.topics.map((t) => [
          t.topic,
          t.hours.length,
          t.hours[0] ?? "",
          t.hours.at(-1) ?? "",
          t.lostOffsets,
          t.missing,
          t.reset ? "yes" : "",
        ]),
      },
    },
    ...(plan.topics.some((t) => t.losses)
      ? [
          { heading: "Offsets deleted unread" },
          { table: lossTable(plan.topics) },
        ]
      : []),
    { heading: "Missing events" },
    {
      table: {
        head: ["topic", "hour", "missing, about", "source", "verdict", "why"],
        rows: lossy.map((f) => [
          f.topic,
          f.hour,
          f.missing,
          sourceOf(f),
          f.verdict,
          f.why,
        ]),
      },
    },
    ...(outdated.length > 0
      ? [
          { heading: "Partitions refined by an outdated job" },
          { list: outdated.map((f) => topicHourKey(f.topic, f.hour)) },
        ]
      : []),
    { heading: "Flags to remove" },
    {
      table: {
        head: ["flag", "owner", "set at", "why"],
        rows: plan.flags.map((f) => [
          f.path,
          f.owner,
          new Date(f.mtime).toISOString(),
          f.why,
        ]),
      },
    },
    { heading: "The Refine job" },
    {
      table: {
        head: ["", ""],
        rows: [
          ["jar", plan.refine.jar],
          ["sha256", plan.refine.sha256],
          ["class", plan.refine.class],
          ["arguments", plan.refine.arguments.join(" ")],
        ],
      },
    },
    { heading: "What an abort undoes" },
    {
      table: { head: ["step", "does", "an abort"], rows: UNDO },
    },
  ];
}

/** Every partition's loss, exact by the offset ledger. */
export const lossTable = (
  topics: Pick<Plan["topics"][number], "topic" | "losses">[],
) => ({
  head: ["topic", "partition", "from", "to (not included)", "offsets"],
  rows: topics.flatMap((t) =>
    (t.losses ?? []).map((l) => [
      t.topic,
      l.partition,
      l.from,
      l.to,
      l.offsets,
    ]),
  ),
});

function sourceOf(f: Plan["findings"][number]): string {
  const { archived, produced, raw = 0 } = f.numbers ?? {};
  if (archived !== undefined && archived > raw)
    return `archive (${archived - raw})`;
  if (
    f.verdict !== "lost-from-kafka" &&
    produced !== undefined &&
    produced > raw
  )
    return `Kafka (${produced - raw})`;
  return "MySQL, as far as it has them";
}
