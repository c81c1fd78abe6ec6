import {
  CancellationScope,
  condition,
  isCancellation,
  rootCause,
} from "@temporalio/workflow";
import { type DeskState, noteUndeliverable } from "../../domain/incidents/desk";
import { instant } from "../../lib/time";
import { control } from "../support/activities";
import { changedBy } from "../support/patches";

/** What empties the desk's outbox: each receiver's alerts in their order, each receiver apart from the others. */
export class Deliveries {
  private readonly scope = new CancellationScope();
  /** Receivers whose alerts are being delivered. */
  private readonly running = new Set<string>();
  private saving = false;
  private unsaved = false;
  private stopped = false;

  constructor(
    private readonly state: DeskState,
    /** Is called when an alert turned out to be undeliverable. */
    private readonly changed: () => void,
  ) {
    // The run before may have ended before it had saved it. No state of an earlier version has any.
    if (state.undeliverableTotal) this.save();
  }

  /** Delivers what a receiver's outbox holds, unless that is under way already. */
  start(receiver: string): void {
    if (this.running.has(receiver)) return;
    this.running.add(receiver);
    this.scope
      .run(() => this.deliverAll(receiver))
      .catch(() => undefined)
      .finally(() => {
        this.running.delete(receiver);
        // An alert that came in between the last look at the outbox and here found the receiver still running.
        const left = this.state.outbox[receiver]!.length > 0;
        if (left && !this.stopped && changedBy("late-alert"))
          this.start(receiver);
      });
  }

  /** Ends what is under way; what was not delivered stays in the outbox. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.scope.cancel();
    await condition(() => this.running.size === 0 && !this.saving);
  }

  private async deliverAll(receiver: string): Promise<void> {
    const queue = this.state.outbox[receiver]!;
    while (queue[0]) {
      const alert = queue[0];
      await control.deliver
        .deliver({ receiver, alert })
        .catch((error: unknown) => {
          if (isCancellation(error)) throw error;
          // Whatever may pass is tried again without end. So it was refused for good, or its receiver is configured no more.
          this.giveUp(receiver, alert.title, rootCause(error) ?? "unknown");
        });
      queue.shift();
    }
  }

  private giveUp(receiver: string, title: string, why: string): void {
    const at = instant(Date.now());
    noteUndeliverable(this.state, { at, receiver, title, why });
    this.changed();
    if (changedBy("undeliverable-alerts")) this.save();
  }

  /** Saves the counts for metrics. No delivery waits for it: the trouble that alerts are about may be the storage's own. */
  private save(): void {
    this.unsaved = true;
    if (this.saving) return;
    this.saving = true;
    this.scope
      .run(async () => {
        while (this.unsaved) {
          this.unsaved = false;
          await control.read.saveDesk({
            undeliverable: { ...this.state.undeliverableTotal },
          });
        }
      })
      // Storage did not answer for long: the next undeliverable alert, or the desk's next run, saves these counts, too.
      .catch(() => undefined)
      .finally(() => (this.saving = false));
  }
}
