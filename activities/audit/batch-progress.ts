import { paceOfAudit, type Progress } from "../../domain/audit/audit-progress";
import type { Pace } from "../../lib/pace";

/** How far a batch is and how fast it goes, for its heartbeats. */
export class BatchProgress {
  private topics = 0;
  private readonly startedAt: number;

  /** @param hours the hours that are audited of each topic */
  constructor(
    private readonly ofTopics: number,
    private readonly hours: number,
    private readonly now: () => number = Date.now,
  ) {
    this.startedAt = now();
  }

  /** A topic more is audited. */
  audited(): void {
    this.topics++;
  }

  /** What a heartbeat says. */
  told(): Progress & Pace {
    const progress = {
      topics: this.topics,
      ofTopics: this.ofTopics,
      hours: this.topics * this.hours,
      ofHours: this.ofTopics * this.hours,
    };
    return {
      ...progress,
      ...paceOfAudit(progress, (this.now() - this.startedAt) / 1000),
    };
  }
}
