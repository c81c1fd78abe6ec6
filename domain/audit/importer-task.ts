import type { Hour } from "../../lib/hour";

/** What one run's task did, for importers whose files tell which task wrote them, and no offsets. A task may read several partitions. */
export type ImporterTask = {
  id: string;
  /** Why not all that it was to read was written though the position moved on, a clause; absent where it did not fail. */
  failure?: string;
  /** Records that it wrote, in its own words. */
  written?: number;
  /** The hours into which it wrote. */
  hours: Hour[];
};
