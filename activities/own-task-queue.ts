import { activityInfo } from "@temporalio/activity";
import { scopeOf } from "../domain/settings/task-queues";

/** The task queue that this activity runs on: workflows that it starts run beside it. @throws Error outside of an activity */
export const ownTaskQueue = (): string => activityInfo().taskQueue;

/** What the names of this activity's pipeline begin with. @throws Error outside of an activity */
export const ownScope = (): string => scopeOf(ownTaskQueue());
