import { workflowId } from "../workflow-id";

/**
 * What names everything that a saga keeps and marks: its folder in storage, its YARN tags, its transactional id, the header of its messages.
 * A shard of a large saga is a workflow of its own, and has its own.
 */
export const sagaId = (): string => workflowId();
