import type { Block } from "./document";
import type {
  Estimate,
  Finding,
  Plan,
  RunningJob,
} from "../domain/backfill/plan";
import type { RefineJob } from "../domain/backfill/refine-job";
import { leftOutRows } from "../domain/backfill/choice";
import { SAGA_STEPS } from "../domain/backfill/steps";
import { isImportFault } from "../domain/audit/verdicts";
import { topicHourKey } from "../lib/keys";

/** What is known beside the plan itself when its document is written. */
type About = { digest: string; running: RunningJob[]; estimate: Estimate };

/** The plan for people: everything that the saga would touch, and by what right. */
export function planDocument(plan: Plan, about: About): Block[] {
  const outdated = plan.findings.filter((f) => f.verdict === "refine-outdated");
  return [
    {
      text: `${plan.range.since} to ${plan.range.until} (UTC), as of ${plan.asOf}. Digest ${about.digest}.`,
    },
    summaryTable(plan, about.estimate, outdated.length),
    { text: `Reckoned from: ${about.estimate.basis.join("; ")}.` },
    ...runningJobs(about.running),
    { heading: "Topics" },
    topicTable(plan),
    ...losses(plan),
    ...leftOutBlocks(plan),
    { heading: "Missing events" },
    missingTable(plan),
    ...outdatedPartitions(outdated),
    ...refining(plan),
    { heading: "What an abort undoes" },
    undoTable(),
  ];
}

/** What is refined anew; nothing where nobody refines. */
const refining = (plan: Plan): Block[] =>
  plan.refine
    ? [
        { heading: "Flags to remove" },
        flagTable(plan),
        { heading: "The Refine job" },
        jobTable(plan.refine),
      ]
    : [
        {
          text: "Nobody refines this pipeline's raw hours: no flags are removed and nothing is refined.",
        },
      ];

/** Every Kafka partition's losses, exact by the offset ledger. */
export const lossTable = (
  topics: Pick<Plan["topics"][number], "topic" | "losses">[],
) => ({
  head: ["topic", "partition", "from", "to (not included)", "offsets"],
  rows: topics.flatMap(({ topic, losses = [] }) =>
    losses.map(({ partition, from, to, offsets }) => [
      topic,
      partition,
      from,
      to,
      offsets,
    ]),
  ),
});

function summaryTable(
  { topics, findings, flags, refine, importerRun }: Plan,
  estimate: Estimate,
  outdated: number,
): Block {
  const total = (field: "lostOffsets" | "missing") =>
    topics.reduce((sum, topic) => sum + topic[field], 0);
  return {
    table: {
      head: ["what", "how much"],
      rows: [
        ["topic-hours that are not whole", findings.length],
        ["topics", topics.length],
        ["offsets deleted unread (exact)", total("lostOffsets")],
        ["events missing, about", total("missing")],
        ...(refine
          ? [
              ["flags to remove", flags.length],
              ["partitions refined by an outdated job", outdated],
            ]
          : []),
        ["importer's newest run", importerRun ?? "none"],
        ["replay, about", secondsOrMinutes(estimate.replaySeconds)],
        ...(refine
          ? [
              [
                `refine ${estimate.partitions} partitions, about`,
                secondsOrMinutes(estimate.refineSeconds),
              ],
            ]
          : []),
      ],
    },
  };
}

const secondsOrMinutes = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;

function runningJobs(running: RunningJob[]): Block[] {
  if (running.length === 0) return [];
  return [
    { heading: "Refine runs now" },
    {
      table: {
        head: ["application", "name", "user", "since", ""],
        rows: running.map((job) => [
          job.id,
          job.name,
          job.user,
          job.startedAt,
          job.outdated ?? "wait for its end",
        ]),
      },
    },
    {
      text: "The refine step waits until none of them runs. To end one: sisyphus backfill kill-job NAME APPLICATION.",
    },
  ];
}

const topicTable = ({ topics }: Plan): Block => ({
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
    rows: topics.map(({ topic, hours, lostOffsets, missing, reset }) => [
      topic,
      hours.length,
      hours[0] ?? "",
      hours.at(-1) ?? "",
      lostOffsets,
      missing,
      reset ? "yes" : "",
    ]),
  },
});

function losses({ topics }: Plan): Block[] {
  if (!topics.some((topic) => topic.losses)) return [];
  return [{ heading: "Offsets deleted unread" }, { table: lossTable(topics) }];
}

/** What was chosen, and what stays broken by that or by what the configuration forbids. */
export function leftOutBlocks({
  chosen = [],
  leftOut = [],
}: Pick<Plan, "chosen" | "leftOut">): Block[] {
  if (chosen.length + leftOut.length === 0) return [];
  return [
    { heading: "Left out" },
    ...(chosen.length > 0 ? [{ list: chosen }] : []),
    ...(leftOut.length > 0
      ? [
          {
            text: `${leftOut.length} broken topic-hours are not repaired. Nothing of them is replayed, and none of their flags is removed. Offsets are lost by the topic, not by the hour: what was lost of these hours counts as lacking. Refine takes hours of the planned tables in the range that have no flag.`,
          },
          {
            table: {
              head: ["topic", "hours", "verdict", "why"],
              rows: leftOutRows(leftOut),
            },
          },
        ]
      : []),
  ];
}

const missingTable = ({ findings }: Plan): Block => ({
  table: {
    head: ["topic", "hour", "missing, about", "source", "verdict", "why"],
    rows: findings
      .filter((finding) => isImportFault(finding.verdict))
      .map((finding) => [
        finding.topic,
        finding.hour,
        finding.missing,
        sourceOf(finding),
        finding.verdict,
        finding.why,
      ]),
  },
});

/** Where the missing events of a topic-hour are expected to be found. */
function sourceOf({ verdict, numbers }: Finding): string {
  const { archived, produced, raw = 0 } = numbers ?? {};
  if (archived !== undefined && archived > raw)
    return `archive (${archived - raw})`;
  if (verdict !== "lost-from-kafka" && produced !== undefined && produced > raw)
    return `Kafka (${produced - raw})`;
  return "MySQL, as far as it has them";
}

function outdatedPartitions(outdated: Finding[]): Block[] {
  if (outdated.length === 0) return [];
  return [
    { heading: "Partitions refined by an outdated job" },
    { list: outdated.map(({ topic, hour }) => topicHourKey(topic, hour)) },
  ];
}

const flagTable = ({ flags }: Plan): Block => ({
  table: {
    head: ["flag", "owner", "set at", "why"],
    rows: flags.map(({ path, owner, mtime, why }) => [
      path,
      owner,
      new Date(mtime).toISOString(),
      why,
    ]),
  },
});

const jobTable = (refine: RefineJob): Block => ({
  table: {
    head: ["", ""],
    rows: [
      ["jar", refine.jar],
      ["sha256", refine.sha256],
      ["class", refine.class],
      ["arguments", refine.arguments.join(" ")],
    ],
  },
});

/** Every step that changes something, and what an abort does about it. */
const undoTable = (): Block => ({
  table: {
    head: ["step", "does", "an abort"],
    rows: SAGA_STEPS.filter(({ undo, stays }) => undo || stays).map(
      ({ name, does, undo, stays }) => [name, does, onAbort(undo, stays)],
    ),
  },
});

function onAbort(
  undo: { restores: string } | null,
  stays: string | null,
): string {
  if (undo === null) return `cannot be undone: ${stays}`;
  return stays === null ? undo.restores : `${undo.restores}; ${stays}`;
}
