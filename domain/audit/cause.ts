import {
  type HourEvidence,
  lostOffsets,
  type TopicEvidence,
  unreadOffsets,
} from "./evidence";
import { driftText, type Policy } from "../settings/policy";
import { type Cause, isImportFault, type Verdict } from "./verdict";
import { HOUR_MS } from "../../lib/hour";
import { instant, inHours } from "../../lib/time";

export type Because = { cause: Cause; because?: string };

/** What made an hour so. */
export function causeOf(
  verdict: Verdict,
  e: HourEvidence,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): Because {
  if (isImportFault(verdict)) return importCause(e, t, p, asOf);
  switch (verdict) {
    case "late":
      return { cause: "producer-late" };
    case "refine-missing":
    case "refine-stale":
      return { cause: "refine-not-running" };
    case "refine-failed":
      return { cause: "refine-error" };
    case "refine-outdated":
      return { cause: "outdated-job" };
    default:
      return { cause: "unknown" };
  }
}

/** Kafka deleted what the importer had not read. */
function deleted(t: TopicEvidence): Because {
  const drift = driftText(t.drift);
  const unread =
    t.watermark === undefined || t.skippedSince === undefined
      ? undefined
      : t.skippedSince - t.watermark;
  if (
    unread !== undefined &&
    t.retentionMs !== undefined &&
    unread < t.retentionMs
  ) {
    const because = `Kafka deleted unread data ${inHours(unread)} after the last import, though retention is ${inHours(t.retentionMs)}`;
    return {
      cause: "premature-deletion",
      because: drift ? `${because}; ${drift}` : because,
    };
  }
  if (drift) return { cause: "config-drift", because: drift };
  if (unread !== undefined && t.retentionMs !== undefined) {
    return {
      cause: "retention-too-short",
      because: `the importer was ${inHours(unread)} behind, retention is ${inHours(t.retentionMs)}`,
    };
  }
  return {
    cause: "offset-out-of-range",
    because: "the stored offset lies before the log start",
  };
}

function importCause(
  e: HourEvidence,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): Because {
  if (e.raw?.missing)
    return {
      cause: "unknown",
      because: "a raw file was removed or changed after its import",
    };
  if (e.raw?.errors) return { cause: "importer-errors" };
  if (t.skippedSince !== undefined || lostOffsets(t) > 0 || (t.jumped ?? 0) > 0)
    return deleted(t);
  if (
    t.lastRun === undefined ||
    asOf - t.lastRun > p.maxImportLagHours * HOUR_MS
  ) {
    return {
      cause: "importer-not-running",
      because:
        t.lastRun === undefined
          ? "no run is recorded"
          : `its newest run is of ${instant(t.lastRun)}`,
    };
  }
  const unread = unreadOffsets(t);
  return unread > 0
    ? {
        cause: "importer-slow",
        because: `it runs, and has ${unread} offsets still to read`,
      }
    : { cause: "unknown" };
}
