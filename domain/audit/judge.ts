import { type Because, causeOf } from "./cause";
import {
  believable,
  expected,
  type HourEvidence,
  lostOffsets,
  type TopicEvidence,
  withoutRepeated,
} from "./evidence";
import { hourStart, HOUR_MS } from "../../lib/hour";
import type { Policy } from "../settings/policy";
import {
  type Case,
  type Found,
  type Judgement,
  type Numbers,
  percent,
} from "./judgement";
import { mayBeGone } from "./import-rules";
import { rulesFor } from "./rules";
import {
  isHealthy,
  isImportFault,
  type Level,
  VERDICT,
  type Verdict,
} from "./verdicts";

/** Judges one topic-hour. Whatever the evidence, there is a verdict; it never throws. `asOf` is epoch ms. */
export function judge(
  evidence: HourEvidence,
  topic: TopicEvidence,
  policy: Policy,
  asOf: number,
): Judgement {
  const hour = { ...evidence, produced: believable(evidence, topic) };
  const about: Case = { hour, topic, policy, asOf };
  const { verdict, why } = firstFound(about) ?? {
    verdict: "complete",
    why: `${hour.raw?.count ?? 0} raw records${topic.unrefined ? "" : ", refined and queryable"}`,
  };
  const numbers = numbersOf(about, verdict);
  const noticed = noticeOf(verdict, about);
  if (noticed)
    return {
      verdict,
      cause: noticed.cause,
      level: levelOf(verdict, about, numbers),
      numbers,
      why: noticed.because ? `${why}; ${noticed.because}` : why,
    };
  if (isHealthy(verdict)) return { verdict, numbers, why };
  if (mayStillBecomeWhole(verdict, about))
    return {
      verdict: "pending",
      numbers,
      why: `the hour ended less than ${policy.graceHours} h ago`,
    };
  const { cause, because } = causeOf(verdict, about);
  return {
    verdict,
    cause,
    level: levelOf(verdict, about, numbers),
    numbers,
    why: because ? `${why}; ${because}` : why,
  };
}

/** The finding of the first rule that has one. */
function firstFound(about: Case): Found | undefined {
  for (const rule of rulesFor(about.topic)) {
    const found = rule(about);
    if (found) return found;
  }
  return undefined;
}

/** What is worth a look though the verdict is healthy; undefined where nothing is. */
function noticeOf(verdict: Verdict, about: Case): Because | undefined {
  const { silent, raw, low } = about.hour;
  if (verdict === "empty" && silent !== undefined)
    return { cause: "producer-silent" };
  if (verdict === "complete" && raw?.twice)
    return { cause: "imported-twice", because: raw.twice.why };
  // Events of a young hour may still come.
  const isLow = low !== undefined && !isYoung(about);
  return isLow && (verdict === "complete" || verdict === "empty")
    ? { cause: "producer-low", because: low }
    : undefined;
}

/** Whether the hour's grace has not passed yet. */
const isYoung = ({ hour, policy, asOf }: Case): boolean =>
  asOf < hourStart(hour.hour) + HOUR_MS + policy.graceHours * HOUR_MS;

/**
 * A young hour may be unfinished; but what Kafka deleted does not come back, neither when the importer has jumped over it nor when the log was
 * replaced, and what Refine failed at is known to have failed.
 */
const mayStillBecomeWhole = (verdict: Verdict, about: Case): boolean =>
  isYoung(about) &&
  lostOffsets(about.topic) === 0 &&
  !(isImportFault(verdict) && mayBeGone(about)) &&
  verdict !== "refine-failed";

function numbersOf({ hour, topic }: Case, verdict: Verdict): Numbers {
  const withoutCanaries = (count: number) =>
    Math.max(0, count - (hour.canaries ?? 0));
  const lost = lostOffsets(topic);
  const raw = hour.raw?.count ?? 0;
  const missing = isImportFault(verdict)
    ? Math.max(
        0,
        (expected(hour) ?? 0) - (hour.raw ? withoutRepeated(hour.raw) : 0),
        (hour.raw?.missing ?? 0) + (hour.raw?.errors ?? 0),
      )
    : 0;
  const { produced, archived, refined } = hour;
  return {
    ...(produced.known ? { produced: withoutCanaries(produced.count) } : {}),
    ...(archived.known ? { archived: archived.count } : {}),
    ...(hour.raw ? { raw: withoutCanaries(raw) } : {}),
    ...(refined?.rows.known
      ? { rows: withoutCanaries(refined.rows.count) }
      : {}),
    ...(missing > 0 ? { missing } : {}),
    ...(lost > 0 ? { lostOffsets: lost } : {}),
  };
}

/** How bad it is: what the verdict's row says, and a warning at most where something mitigates it. */
function levelOf(verdict: Verdict, about: Case, numbers: Numbers): Level {
  return isSmall(about, numbers) || isTolerable(verdict, about, numbers)
    ? "warning"
    : (VERDICT[verdict].level ?? "error");
}

/** The hour's events, by whichever stage knows of most. */
const volumeOf = ({ produced, archived, raw }: Numbers): number =>
  Math.max(produced ?? 0, archived ?? 0, raw ?? 0);

/** So few events were produced that the policy asks for a warning at most. */
function isSmall({ policy }: Case, numbers: Numbers): boolean {
  const volume = volumeOf(numbers);
  return volume > 0 && volume < policy.minimumVolume;
}

/** No more is missing, or there twice, than the policy's error threshold allows. */
function isTolerable(
  verdict: Verdict,
  { hour, policy }: Case,
  numbers: Numbers,
): boolean {
  switch (verdict) {
    case "rows-lost":
      // Where nothing tells the distinct events, it may be that unusually many were duplicates.
      return !hour.archived.known && hour.refined?.rows.known === true;
    case "import-partial": {
      if (isOnlyBounded(hour) || isOnlyDoubted(hour)) return true;
      const volume = volumeOf(numbers);
      const missing = numbers.missing ?? volume;
      return percent(missing, Math.max(volume, 1)) <= policy.lost.errorPercent;
    }
    case "rows-duplicated": {
      const different = (numbers.raw ?? 1) - (hour.raw?.twice?.records ?? 0);
      return (
        percent((numbers.rows ?? 0) - different, different) <=
        policy.duplicated.errorPercent
      );
    }
    default:
      return false;
  }
}

/** Whether nothing but an upper bound says that records are missing: they may be, and nobody can tell. */
function isOnlyBounded({ raw, archived }: HourEvidence): boolean {
  if (!raw || raw.errors || (archived.known && archived.count > raw.count))
    return false;
  return raw.missing
    ? raw.missingAtMost === true
    : raw.atMost === true && raw.problems.length === 0;
}

/** Whether nothing of the hour itself says that records are missing: offsets of its topic were deleted, of whichever hour. */
const isOnlyDoubted = ({ raw, archived }: HourEvidence): boolean =>
  raw !== undefined &&
  !archived.known &&
  !raw.missing &&
  !raw.errors &&
  raw.problems.length === 0;
