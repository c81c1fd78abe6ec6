/** The hourly audit: at minute 20, when importer (5) and Refine (30 of the hour before) have had their turn. */
export const HOURLY_AUDIT = {
  id: "hourly-audit",
  minute: 20,
  catchupWindow: "1 day",
} as const;
