import {
  hasLostOffsets,
  losses,
  mayBeOfReplacedLog,
  type TopicEvidence,
  unreadOffsets,
} from "./evidence";
import { replacedText } from "./incarnation";
import { driftText, withDrift } from "../settings/policy";
import type { Case } from "./judgement";
import { type Cause, isImportFault, type Verdict } from "./verdicts";
import { HOUR_MS } from "../../lib/hour";
import { instant, inHours } from "../../lib/time";

/** A cause, and what shows it, where there is more to say than the cause's name. */
export type Because = { cause: Cause; because?: string };

/** What made an hour so. */
export function causeOf(verdict: Verdict, about: Case): Because {
  if (isImportFault(verdict)) return importCause(about);
  switch (verdict) {
    case "late":
      return { cause: "producer-late" };
    case "refine-missing":
    case "refine-stale":
      return { cause: "refine-not-running" };
    case "refine-failed":
      return { cause: "refine-error" };
    case "rows-duplicated":
      return { cause: about.hour.raw?.twice ? "imported-twice" : "unknown" };
    case "refine-outdated":
      return { cause: "outdated-job" };
    default:
      return { cause: "unknown" };
  }
}

/** Why events are not in their raw hour: what happened to the hour itself first, then to its topic, then to the importer as a whole. */
function importCause({ hour, topic, policy, asOf }: Case): Because {
  if (hour.raw?.notWritten)
    return {
      cause: "importer-errors",
      because: `the importer read ${hour.raw.notWritten} records, did not write them, and moved on`,
    };
  if (hour.raw?.missing)
    return {
      cause: "unknown",
      because: "a raw file was removed or changed after its import",
    };
  if (hour.raw?.errors) return { cause: "importer-errors" };
  if (topic.replacedLog && mayBeOfReplacedLog(hour.hour, topic))
    return {
      cause: topic.replacedLog.cause,
      because: replacedText(topic.replacedLog),
    };
  if (hour.jumpedOver)
    return {
      cause: "offset-out-of-range",
      because: `a run began behind ${hour.jumpedOver} offsets of the hour that Kafka still holds: they are not read by themselves`,
    };
  if (hasLostOffsets(topic)) return deletionCause(topic);
  if (topic.standstill !== undefined)
    return { cause: "importer-not-running", because: topic.standstill };
  if (topic.lastRun === undefined && !topic.isRunning)
    return { cause: "importer-not-running", because: "no run is recorded" };
  if (
    topic.lastRun !== undefined &&
    asOf - topic.lastRun > policy.maxImportLagHours * HOUR_MS
  )
    return {
      cause: "importer-not-running",
      because: `its newest run is of ${instant(topic.lastRun)}`,
    };
  const unread = unreadOffsets(topic);
  return unread > 0
    ? {
        cause: "importer-slow",
        because: `it runs, and has ${unread} offsets still to read`,
      }
    : { cause: "unknown" };
}

/** How long after the topic's last import the importer found that offsets had been deleted, ms; undefined where either is not known. */
const timeBehind = ({ watermark, skippedSince }: TopicEvidence) =>
  watermark === undefined || skippedSince === undefined
    ? undefined
    : skippedSince - watermark;

/** Why Kafka deleted what the importer had not read: against its retention, by a drifted setting, or as its retention says. */
function deletionCause(topic: TopicEvidence): Because {
  const { drift, retentionMs, retentionBytes } = topic;
  const hasDrifted = drift.length > 0;
  const behind = timeBehind(topic);
  const keepsAnyAge = retentionMs !== undefined && retentionMs < 0;
  const isKnown = behind !== undefined && retentionMs !== undefined;
  const isExpired = isKnown && !keepsAnyAge && behind >= retentionMs;
  // What is younger than retention, or of any age, goes where the log is bounded by its size as well.
  if (retentionBytes !== undefined && !isExpired)
    return {
      cause: hasDrifted ? "config-drift" : "retention-too-short",
      because: withDrift(
        `Kafka keeps ${retentionBytes} bytes of each partition${keepsAnyAge ? ", of any age," : ""} and deletes by size what lies behind`,
        drift,
      ),
    };
  if (keepsAnyAge)
    return {
      cause: "premature-deletion",
      because: withDrift(
        "retention is unlimited, and yet Kafka has deleted unread data",
        drift,
      ),
    };
  if (isKnown && !isExpired)
    return {
      cause: "premature-deletion",
      because: withDrift(
        `Kafka deleted unread data ${inHours(behind)} after the last import, though retention is ${inHours(retentionMs)}`,
        drift,
      ),
    };
  if (hasDrifted) return { cause: "config-drift", because: driftText(drift) };
  if (isKnown)
    return {
      cause: "retention-too-short",
      because: `the importer was ${inHours(behind)} behind, retention is ${inHours(retentionMs)}`,
    };
  return {
    cause: "offset-out-of-range",
    because: wasNeverRead(topic)
      ? "the importer has no position there"
      : "the stored offset lies before the log start",
  };
}

/** All that the topic has lost is of partitions in which the importer has no position. */
function wasNeverRead(topic: TopicEvidence): boolean {
  const lost = losses(topic);
  return lost.length > 0 && lost.every(({ atMost }) => atMost);
}
