import { CancellationScope } from "@temporalio/workflow";
import type { HeldJob } from "../../activities/backfill/hold-others";
import { bulk } from "../support/activities";
import type { Saga } from "./saga";

/** Keeps a job's own schedule from starting it; an abort lets it go again. Where the configuration has no command for that, nothing happens. */
export async function hold(saga: Saga, of: HeldJob): Promise<void> {
  if (!saga.settings.holds?.[of]) return;
  saga.compensations.owe(`release the schedule of ${of}`, async (only) => {
    // The other topics still need it held.
    if (only) return undefined;
    await bulk.release({ of });
    return "its own schedule starts it again";
  });
  await bulk.hold({ of });
}

/** Lets a job's own schedule start it again. A cancellation does not reach that. */
export async function release(saga: Saga, of: HeldJob): Promise<void> {
  if (!saga.settings.holds?.[of]) return;
  await CancellationScope.nonCancellable(() => bulk.release({ of }));
  saga.compensations.forget(`release the schedule of ${of}`);
}

/** Does something while a job's own schedule is held. */
export async function whileHeld<T>(
  saga: Saga,
  of: HeldJob,
  work: () => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    // A command that failed, or was ended by a pause, may have held it all the same.
    await hold(saga, of);
    result = await work();
  } catch (error) {
    // What went wrong first is told; what is still held then is let go by the step's next attempt, or by an abort.
    await release(saga, of).catch(() => undefined);
    throw error;
  }
  await release(saga, of);
  return result;
}
