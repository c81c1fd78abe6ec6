import { activityInfo } from "@temporalio/activity";

/** The task queue that this activity runs on: workflows that it starts run beside it. @throws Error outside of an activity */
export const ownTaskQueue = (): string => activityInfo().taskQueue;
