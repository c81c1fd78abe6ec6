export { backfill } from "./backfill";
export { backfillShard, fanOut } from "./fan-out";
export { hourlyAudit } from "./hourly-audit";
export { topicIncident } from "./topic-incident";
export { alertDesk } from "./alert-desk";
export { canary } from "./canary";
export { explainHour } from "./explain-hour";
export { headroomAudit } from "./headroom-audit";
