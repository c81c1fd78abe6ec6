export { backfill } from "./backfill";
export { hourlyAudit } from "./hourly-audit";
export { topicIncident } from "./topic-incident";
