import type { HeldJob } from "../../../activities/backfill/hold-others";

/** Schedules that start the importer and Refine by themselves, until they are held or the world ends. */
export class MemorySchedules {
  private readonly held = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];

  /** Starts a job again and again. */
  every(ms: number, job: HeldJob, start: () => void): void {
    this.timers.push(
      setInterval(() => {
        if (!this.held.has(job)) start();
      }, ms),
    );
  }

  hold(job: string): void {
    this.held.add(job);
  }

  release(job: string): void {
    this.held.delete(job);
  }

  /** Jobs that nobody has released. */
  get stillHeld(): string[] {
    return [...this.held];
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}
