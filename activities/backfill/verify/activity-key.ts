import { activityInfo } from "@temporalio/activity";

/** Names a verification's activity: the same for each of its attempts, and another one when an operator has its step tried again. */
export function activityKey(): string {
  const { workflowExecution, activityId } = activityInfo();
  return `${workflowExecution!.runId}-${activityId}`;
}
