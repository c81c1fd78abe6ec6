import { causeOf } from "./cause";
import { type HourEvidence, lostOffsets, type TopicEvidence } from "./evidence";
import { hourStart, HOUR_MS } from "../../lib/hour";
import type { Policy } from "../settings/policy";
import { expected, percent, RULES } from "./rules";

export const VERDICTS = [
  "complete",
  "empty",
  "pending",
  "unknowable",
  "late",
  "import-missing",
  "import-partial",
  "lost-from-kafka",
  "refine-missing",
  "refine-failed",
  "refine-stale",
  "refine-outdated",
  "rows-lost",
  "rows-duplicated",
  "partition-missing",
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CAUSES = [
  "premature-deletion",
  "retention-too-short",
  "config-drift",
  "offset-out-of-range",
  "importer-not-running",
  "importer-errors",
  "importer-slow",
  "refine-not-running",
  "refine-error",
  "outdated-job",
  "producer-silent",
  "producer-late",
  "unknown",
] as const;
export type Cause = (typeof CAUSES)[number];

export type Level = "warning" | "error";

/** The numbers that prove a verdict, without canaries. */
export type Numbers = {
  produced?: number;
  archived?: number;
  raw?: number;
  rows?: number;
  /** Events that are known of and not in HDFS. */
  missing?: number;
  lostOffsets?: number;
};

export type Judgement = {
  verdict: Verdict;
  /** Absent for what needs nobody's attention. */
  cause?: Cause;
  level?: Level;
  numbers: Numbers;
  /** One sentence for a person. */
  why: string;
};

/** Verdicts that need nobody's attention; an empty hour of a topic that fell silent carries a cause all the same. */
export const isHealthy = (verdict: Verdict) =>
  verdict === "complete" ||
  verdict === "empty" ||
  verdict === "pending" ||
  verdict === "unknowable";

/** Verdicts whose events are not all in the raw hour. */
export const isImportFault = (verdict: Verdict) =>
  verdict === "import-missing" ||
  verdict === "import-partial" ||
  verdict === "lost-from-kafka";

function numbersOf(
  e: HourEvidence,
  t: TopicEvidence,
  verdict: Verdict,
): Numbers {
  const own = (n: number) => Math.max(0, n - (e.canaries ?? 0));
  const gap = lostOffsets(t);
  const raw = e.raw?.count ?? 0;
  const missing = isImportFault(verdict)
    ? Math.max(
        0,
        (expected(e) ?? 0) - raw,
        (e.raw?.missing ?? 0) + (e.raw?.errors ?? 0),
      )
    : 0;
  return {
    ...(e.produced.known ? { produced: own(e.produced.count) } : {}),
    ...(e.archived.known ? { archived: e.archived.count } : {}),
    ...(e.raw ? { raw: own(raw) } : {}),
    ...(e.refined?.rows.known ? { rows: own(e.refined.rows.count) } : {}),
    ...(missing > 0 ? { missing } : {}),
    ...(gap > 0 ? { lostOffsets: gap } : {}),
  };
}

/** How bad it is: shares below the error threshold, late data and small hours are warnings. */
function levelOf(
  verdict: Verdict,
  e: HourEvidence,
  n: Numbers,
  p: Policy,
): Level {
  const volume = Math.max(n.produced ?? 0, n.archived ?? 0, n.raw ?? 0);
  if (volume > 0 && volume < p.minimumVolume) return "warning";
  switch (verdict) {
    case "empty":
    case "late":
      return "warning";
    case "rows-lost":
      // Without the distinct events it may be unusually many duplicates.
      return e.archived.known || !e.refined?.rows.known ? "error" : "warning";
    case "import-partial":
      return percent(n.missing ?? volume, Math.max(volume, 1)) >
        p.lost.errorPercent
        ? "error"
        : "warning";
    case "rows-duplicated":
      return percent((n.rows ?? 0) - (n.raw ?? 0), n.raw ?? 1) >
        p.duplicated.errorPercent
        ? "error"
        : "warning";
    default:
      return "error";
  }
}

/** Judges one topic-hour. Total: every evidence gets a verdict. `asOf` is epoch ms. */
export function judge(
  e: HourEvidence,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): Judgement {
  const { verdict, why } = RULES.reduce(
    (found, rule) => found ?? rule(e, t, p, asOf),
    undefined as ReturnType<(typeof RULES)[number]>,
  ) ?? {
    verdict: "complete" as const,
    why: `${e.raw?.count ?? 0} raw records, refined and queryable`,
  };
  const numbers = numbersOf(e, t, verdict);
  if (verdict === "empty" && e.silent !== undefined)
    return {
      verdict,
      cause: "producer-silent",
      level: levelOf(verdict, e, numbers, p),
      numbers,
      why,
    };
  if (isHealthy(verdict)) return { verdict, numbers, why };
  const ended = hourStart(e.hour) + HOUR_MS;
  if (
    asOf < ended + p.graceHours * HOUR_MS &&
    lostOffsets(t) === 0 &&
    verdict !== "refine-failed"
  ) {
    return {
      verdict: "pending",
      numbers,
      why: `the hour ended less than ${p.graceHours} h ago`,
    };
  }
  const { cause, because } = causeOf(verdict, e, t, p, asOf);
  return {
    verdict,
    cause,
    level: levelOf(verdict, e, numbers, p),
    numbers,
    why: because ? `${why}; ${because}` : why,
  };
}
