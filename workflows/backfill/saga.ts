import { CancellationScope } from "@temporalio/workflow";

/** What can be undone: data that can be shown, and the act itself. */
export type Compensation = { name: string; undo: () => Promise<string> };

/** Remembers compensations as steps succeed and unwinds them in reverse. */
export class Saga {
  private readonly compensations: Compensation[] = [];

  /** Names of what an abort would undo, the last done first. */
  get undoable(): string[] {
    return this.compensations.map((c) => c.name).reverse();
  }

  push(name: string, undo: () => Promise<string>): void {
    // A step that is tried again owes its compensation once.
    this.drop(name);
    this.compensations.push({ name, undo });
  }

  /** Forgets a compensation that is no longer owed. */
  drop(name: string): void {
    const at = this.compensations.findIndex((c) => c.name === name);
    if (at >= 0) this.compensations.splice(at, 1);
  }

  /** Undoes everything in reverse, out of reach of cancellation; one that fails does not stop the others and is named. */
  async unwind(): Promise<string[]> {
    return CancellationScope.nonCancellable(async () => {
      const told: string[] = [];
      for (let c = this.compensations.pop(); c; c = this.compensations.pop()) {
        try {
          told.push(`${c.name}: ${await c.undo()}`);
        } catch (error) {
          told.push(
            `${c.name}: NOT undone (${error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)})`,
          );
        }
      }
      return told;
    });
  }
}
