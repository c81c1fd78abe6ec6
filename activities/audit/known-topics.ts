import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import type {
  AuditReport,
  Outage,
  TopicAudit,
} from "../../domain/audit/audit-report";
import { HOUR_MS, type HourRange, hourStart } from "../../lib/hour";
import { isOwnFault } from "./evidence/stage";

/** Whether an audit must not forget a topic once Kafka no longer has it: something of it was unread or lost, or that it was deleted is a finding. */
const isToBeKnown = ({ unread, lostOffsets, findings }: TopicAudit): boolean =>
  unread > 0 ||
  lostOffsets > 0 ||
  findings.some(({ cause }) => cause === "topic-deleted");

/** What cannot be read is nothing, where it is storage's own fault and no outage. @throws the error otherwise */
function orNothing(error: unknown): undefined {
  if (!isOwnFault(error)) throw error;
}

/** Topics that audits know of something unread or lost of: they are audited also once Kafka no longer has them. */
export async function knownTopics(
  storage: Pick<Storage, "read" | "readRef">,
): Promise<string[]> {
  const known = await storage.read(latest.knownTopics).catch(orNothing);
  if (known) return known;
  // Audits of 0.2.0 and before left their report only, and it is what is left where the list is damaged.
  const pointer = await storage.read(latest.audit);
  const report = pointer && (await storage.readRef<AuditReport>(pointer.ref));
  return (report?.audits ?? []).filter(isToBeKnown).map(({ topic }) => topic);
}

type Audited = {
  audits: TopicAudit[];
  asOf: string;
  range: HourRange;
  outages: Outage[];
  /** How many hours an audit looks back, if it is not told otherwise. */
  lookbackHours: number;
};

/**
 * Adds to the known topics what an audit found, and takes away what it found to be whole. A topic that it was not asked about stays, and so
 * does every one where it looked at other hours than audits usually do, or as of an earlier instant than one before it, or could not look at all.
 */
export async function rememberTopics(
  storage: Pick<Storage, "read" | "readRef" | "write">,
  { audits, asOf, range, outages, lookbackHours }: Audited,
): Promise<void> {
  const before = (await knownTopics(storage).catch(orNothing)) ?? [];
  const newest = await storage.read(latest.knownAsOf).catch(orNothing);
  const told = Date.parse(asOf);
  const isPast = newest !== undefined && told < Date.parse(newest.asOf);
  const known = new Set(before);
  const isNewest = isUsual(range, asOf, lookbackHours) && !isPast;
  const sawAll = isNewest && outages.length === 0;
  for (const audit of audits)
    if (isToBeKnown(audit)) known.add(audit.topic);
    else if (sawAll && audit.problem === undefined) known.delete(audit.topic);
  await storage.write(latest.knownTopics, [...known].sort());
  // An instant that is still to come would make all audits until then ones of the past.
  const by = new Date(Math.min(told, Date.now())).toISOString();
  if (isNewest) await storage.write(latest.knownAsOf, { asOf: by });
}

/** Whether a range is at least the one that audits look back over. */
const isUsual = (
  { since, until }: HourRange,
  asOf: string,
  lookbackHours: number,
): boolean =>
  hourStart(until) + HOUR_MS > Date.parse(asOf) &&
  hourStart(until) - hourStart(since) >= lookbackHours * HOUR_MS;
