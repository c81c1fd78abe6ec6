import { CancellationScope } from "@temporalio/workflow";
import type { CompensationName } from "../../domain/backfill/steps";

/**
 * Undoes what was done.
 * @param only topics that were taken out of a saga that goes on: undoes what was done to them; without it, everything
 * @returns what it has undone, for people; undefined where nothing of these topics was to undo
 */
export type Undo = (only?: string[]) => Promise<string | undefined>;

type Compensation = {
  name: CompensationName;
  undo: Undo;
  /** Whether what was done has proven right, so that an abort does not undo it unless an operator wants that. */
  isSettled: boolean;
};

/** What an abort must undo, remembered as steps go on and undone in reverse. */
export class Compensations {
  private readonly owed: Compensation[] = [];

  /** Names of what an abort would undo, in the order in which it would. */
  get names(): string[] {
    return this.owed
      .filter(({ isSettled }) => !isSettled)
      .map(({ name }) => name)
      .reverse();
  }

  /** Names of what an abort would keep. */
  get settled(): string[] {
    return this.owed.filter((each) => each.isSettled).map(({ name }) => name);
  }

  /** Remembers a compensation as the newest. A step that is tried again owes its compensation once. */
  owe(name: CompensationName, undo: Undo): void {
    this.forget(name);
    this.owed.push({ name, undo, isSettled: false });
  }

  /** What was done has proven right: from here on an abort keeps it, unless an operator wants otherwise. */
  settle(name: CompensationName): void {
    for (const compensation of this.owed)
      if (compensation.name === name) compensation.isSettled = true;
  }

  /** Forgets a compensation that is no longer owed. */
  forget(name: CompensationName): void {
    const at = this.owed.findIndex(
      (compensation) => compensation.name === name,
    );
    if (at >= 0) this.owed.splice(at, 1);
  }

  /**
   * Undoes for topics that were taken out all that is owed and has not proven right, the newest first; for the others it is owed still.
   * @returns one line for each compensation that had something to undo
   */
  async undoFor(topics: string[]): Promise<string[]> {
    const lines: string[] = [];
    for (const { name, undo, isSettled } of [...this.owed].reverse()) {
      if (isSettled) continue;
      const undone = await undo(topics);
      if (undone !== undefined) lines.push(`${name}: ${undone}`);
    }
    return lines;
  }

  /**
   * Undoes everything that is owed, the newest first. A cancellation does not reach it, and a compensation that fails does not keep the
   * others from being run.
   * @param evenSettled whether what has proven right is undone, too
   * @returns one line for each compensation: what was undone, or why it was not
   */
  async undoAll(evenSettled = false): Promise<string[]> {
    return CancellationScope.nonCancellable(async () => {
      const lines: string[] = [];
      for (
        let newest = this.owed.pop();
        newest !== undefined;
        newest = this.owed.pop()
      ) {
        const { name, undo, isSettled } = newest;
        if (isSettled && !evenSettled) continue;
        try {
          lines.push(`${name}: ${(await undo()) ?? "nothing was to undo"}`);
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
