import { heartbeat, sleep } from "@temporalio/activity";
import {
  type Application,
  hasEnded,
  told,
  type Yarn,
} from "../../clients/yarn/yarn";

const POLL_MS = 1000;

/** Waits until an application has ended, or YARN knows it no longer. */
export async function awaitEnd(
  yarn: Pick<Yarn, "application">,
  app: Application,
): Promise<void> {
  for (;;) {
    const now = await yarn.application(app.id);
    if (!now || hasEnded(now)) return;
    heartbeat({ waitingFor: told(app) });
    await sleep(POLL_MS);
  }
}
