/**
 * The name of everything that a saga keeps and marks: its folder in storage, its YARN tags, its transactional id, the header of its
 * messages. Workflow ids are names for people and are used again, `backfill/by-policy` for one: a second saga of the same id must find
 * nothing of the first.
 * @param firstRunId the id of the workflow's first run, which retries, resets and continue-as-new keep. It begins with a time, so that its
 *   end tells runs apart
 */
export const sagaNameOf = (workflowId: string, firstRunId: string): string =>
  `${workflowId}@${firstRunId.replaceAll("-", "").slice(-8)}`;

/** Whether a name is one of {@link sagaNameOf}, or of a shard of such a saga; sagas of before are named by their workflow id alone. */
export const isNamedByRun = (name: string): boolean =>
  /@[0-9a-f]{8}(\/|$)/.test(name);

/** The name of the saga that a shard belongs to; a saga's own name is itself. */
export const wholeSagaOf = (name: string): string =>
  /^.*@[0-9a-f]{8}(?=\/|$)/.exec(name)?.[0] ?? name;
