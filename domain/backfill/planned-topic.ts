import type { TopicAudit } from "../audit/audit-report";
import { isImportFault, isRepairable } from "../audit/verdicts";
import type { Dataset } from "../settings/dataset";
import type { PlannedTopic } from "./plan";

/** An audit without the findings that no backfill mends: where a topic fell silent, nothing was produced and nothing can be repaired. */
export const withoutSilence = (audit: TopicAudit): TopicAudit => ({
  ...audit,
  findings: audit.findings.filter((f) => isRepairable(f.verdict)),
});

/** Whether a repair of a topic moves the importer: it skips the topic, stands in another log, or has jumped over what Kafka holds. */
export const isMoved = ({
  lostOffsets,
  beyondEnd,
  jumpedOver,
}: TopicAudit): boolean =>
  lostOffsets > 0 || beyondEnd === true || jumpedOver !== undefined;

/** What a plan does about one audited topic: every hour with a finding is planned. */
export const plannedTopic = (
  audit: TopicAudit,
  { schema, table, tableDir }: Dataset,
): PlannedTopic => ({
  topic: audit.topic,
  schema,
  table,
  tableDir,
  hours: audit.findings.map((f) => f.hour).sort(),
  lostOffsets: audit.lostOffsets,
  ...(audit.losses ? { losses: audit.losses } : {}),
  ...(audit.jumpedOver ? { jumpedOver: audit.jumpedOver } : {}),
  reset: isMoved(audit),
  missing: audit.findings
    .filter((f) => isImportFault(f.verdict))
    .reduce((sum, f) => sum + f.missing, 0),
});
