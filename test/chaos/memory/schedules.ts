import type { HeldJob } from "../../../activities/backfill/hold-others";

/** Schedules that start the importer and Refine by themselves, until they are held or the world ends. */
export class MemorySchedules {
  private readonly held = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];

  /** Runs a job again and again, never beside its own run before: on a busy machine there would be no end of them. */
  every(ms: number, job: HeldJob, run: () => Promise<void>): void {
    let isRunning = false;
    this.timers.push(
      setInterval(() => {
        if (isRunning || this.held.has(job)) return;
        isRunning = true;
        void run().finally(() => (isRunning = false));
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
