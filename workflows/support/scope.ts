import { inWorkflowContext, workflowInfo } from "@temporalio/workflow";
import { scopeOf } from "../../domain/settings/task-queues";

/** A task queue or a workflow id of the pipeline that this workflow belongs to; outside of one, where only its definition is looked at, the name as it is. */
export const scoped = (name: string): string =>
  (inWorkflowContext() ? scopeOf(workflowInfo().taskQueue) : "") + name;
