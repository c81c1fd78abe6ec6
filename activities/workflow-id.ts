import { activityInfo } from "@temporalio/activity";

/** The id of the workflow that runs this activity. @throws Error outside of an activity */
export const workflowId = (): string =>
  activityInfo().workflowExecution!.workflowId;
