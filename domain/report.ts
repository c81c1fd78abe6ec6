import { type Grid, gridMarkdown } from "./grid";
import type { PlanSummary } from "./plan";

/** What a backfill did, in numbers that can be checked. */
export type BackfillReport = {
  workflowId: string;
  asOf: string;
  plan: PlanSummary;
  skipped: string[];
  lostOffsets: number;
  found: {
    events: number;
    messages: number;
    fromArchive: number;
    fromMysql: number;
    unrecoverable: number;
    unreadableLines: number;
  };
  replayed: { landed: number; twice: number };
  importerRuns: { reset: number; import: number };
  flagsRemoved: number;
  refine: {
    applicationId: string;
    link: string;
    finalStatus: string;
    seconds: number;
    finished: number;
    failed: string[];
    unexplained: string[];
  };
  verified: {
    partitions: number;
    rows: number;
    distinct: number;
    duplicates: number;
    found: number;
    expected: number;
    withIp: number;
    geocoded: number;
    problems: string[];
    findingsLeft: number;
  };
  before: Grid;
  after: Grid;
  steps: {
    name: string;
    startedAt?: string;
    endedAt?: string;
    attempts: number;
  }[];
};

const share = (part: number, whole: number) =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;

/** Whether everything that could be recovered is back, whole and once. */
export function holds(r: BackfillReport): boolean {
  return (
    r.replayed.twice === 0 &&
    r.replayed.landed === r.found.events &&
    r.verified.problems.length === 0 &&
    r.verified.findingsLeft === 0 &&
    r.refine.failed.length === 0 &&
    r.refine.unexplained.length === 0
  );
}

export function reportMarkdown(r: BackfillReport): string {
  const v = r.verified;
  const rows: [string, string | number][] = [
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
      `${r.refine.finished} by [${r.refine.applicationId}](${r.refine.link}) in ${r.refine.seconds} s`,
    ],
    ["rows verified", `${v.rows} in ${v.partitions} partitions`],
    ["duplicates", v.duplicates],
    ["geocoded where an ip is known", share(v.geocoded, v.withIp)],
    ["topic-hours still not whole", v.findingsLeft],
  ];
  return [
    `# Backfill ${r.workflowId}`,
    "",
    `${r.plan.range.since} to ${r.plan.range.until} (UTC), as of ${r.asOf}. **${holds(r) ? "The proof holds." : "The proof does not hold."}**`,
    "",
    "| what | how many |",
    "| --- | --- |",
    ...rows.map(([what, n]) => `| ${what} | ${n} |`),
    "",
    ...(r.found.fromMysql > 0
      ? [
          `Events that came from MySQL (${r.found.fromMysql}) carry no ip there and cannot be geocoded.`,
          "",
        ]
      : []),
    ...(v.problems.length > 0
      ? ["## Problems", "", ...v.problems.map((p) => `- ${p}`), ""]
      : []),
    ...(r.skipped.length > 0
      ? [`Skipped by the operator: ${r.skipped.join(", ")}`, ""]
      : []),
    "## Before",
    "",
    gridMarkdown(r.before),
    "",
    "## After",
    "",
    gridMarkdown(r.after),
    "",
    "## Steps",
    "",
    "| step | from | to | attempts |",
    "| --- | --- | --- | --- |",
    ...r.steps.map(
      (s) =>
        `| ${s.name} | ${s.startedAt ?? "–"} | ${s.endedAt ?? "–"} | ${s.attempts} |`,
    ),
    "",
  ].join("\n");
}
