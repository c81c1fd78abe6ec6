import { workflowId } from "../workflow-id";

/**
 * The name of everything that a saga keeps and marks: its folder in storage, its YARN tags, its transactional id, the header of its
 * messages. A shard of a large saga is a workflow of its own and has an id of its own.
 *
 * @throws Error outside of an activity
 */
export const sagaId = (): string => workflowId();
