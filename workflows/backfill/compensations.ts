import { CancellationScope } from "@temporalio/workflow";
import type { CompensationName } from "../../domain/backfill/steps";

type Compensation = {
  name: CompensationName;
  /** Undoes what was done. @returns what it has undone, for people */
  undo: () => Promise<string>;
};

/** What an abort must undo, remembered as steps go on and undone in reverse. */
export class Compensations {
  private readonly owed: Compensation[] = [];

  /** Names of what an abort would undo, in the order in which it would. */
  get names(): string[] {
    return this.owed.map(({ name }) => name).reverse();
  }

  /** Remembers a compensation as the newest. A step that is tried again owes its compensation once. */
  owe(name: CompensationName, undo: () => Promise<string>): void {
    this.forget(name);
    this.owed.push({ name, undo });
  }

  /** Forgets a compensation that is no longer owed. */
  forget(name: CompensationName): void {
    const at = this.owed.findIndex(
      (compensation) => compensation.name === name,
    );
    if (at >= 0) this.owed.splice(at, 1);
  }

  /**
   * Undoes everything that is owed, the newest first. A cancellation does not reach it, and a compensation that fails does not keep the
   * others from being run. @returns one line for each compensation: what was undone, or why it was not
   */
  async undoAll(): Promise<string[]> {
    return CancellationScope.nonCancellable(async () => {
      const lines: string[] = [];
      for (
        let newest = this.owed.pop();
        newest !== undefined;
        newest = this.owed.pop()
      ) {
        const { name, undo } = newest;
        try {
          lines.push(`${name}: ${await undo()}`);
        } catch (error) {
          lines.push(`${name}: NOT undone (${reasonOf(error)})`);
        }
      }
      return lines;
    });
  }
}

/** What an activity said of its failure, without Temporal's words about the activity. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
