/** The schedules of a healthy installation, as `sisyphus schedules apply` takes them where no file is given. */
export const DEFAULT_SCHEDULES = {
  schedules: [
    {
      // When importer (5) and Refine (30 of the hour before) have had their turn.
      id: "hourly-audit",
      workflow: "hourlyAudit",
      minutes: [20],
      overlap: "skip",
      catchupWindow: "1 day",
      paused: false,
      input: {},
    },
    {
      id: "headroom-audit",
      workflow: "headroomAudit",
      minutes: [2, 12, 22, 32, 42, 52],
      overlap: "skip",
      // An old headroom is of no interest.
      catchupWindow: "10 minutes",
      paused: false,
      input: {},
    },
    {
      id: "canary",
      workflow: "canary",
      minutes: [35],
      overlap: "allow-all",
      catchupWindow: "10 minutes",
      paused: false,
      input: {},
    },
  ],
} as const;
