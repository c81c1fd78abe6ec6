export { backfill } from "./backfill/backfill";
export { backfillShard, fanOut } from "./backfill/fan-out";
export { hourlyAudit } from "./audit/hourly-audit";
export { topicIncident } from "./incidents/topic-incident";
export { alertDesk } from "./incidents/alert-desk";
export { canary } from "./audit/canary";
export { explainHour } from "./audit/explain-hour";
export { headroomAudit } from "./audit/headroom-audit";
