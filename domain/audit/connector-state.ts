/** What a connector of Kafka Connect, or a task of it, says of itself; `why` says what it failed of. */
type StateOf = { state: string; why?: string };

/** States in which nothing is imported, and that do not pass by themselves. */
const STANDS_STILL: Record<string, string> = {
  FAILED: "has failed",
  PAUSED: "is paused",
  STOPPED: "is stopped",
  DESTROYED: "is being deleted",
};

const MOST_TASKS = 3;

/**
 * Why a connector imports nothing, or not all; undefined where it runs, or is about to. A task that has failed is not started anew by itself, and
 * its partitions stay where they are; another one takes them only when tasks change.
 */
export function standstillOf(
  connector: string,
  status: { connector: StateOf; tasks: (StateOf & { id: number })[] },
): string | undefined {
  const own = told(status.connector);
  if (own !== undefined) return `connector ${connector} ${own}`;
  const failed = status.tasks.flatMap(({ id, ...task }) =>
    task.state === "FAILED" ? [`task ${id} ${told(task)}`] : [],
  );
  if (failed.length === 0) return undefined;
  const more = failed.length - MOST_TASKS;
  return `of connector ${connector} ${failed.slice(0, MOST_TASKS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function told({ state, why }: StateOf): string | undefined {
  const text = Object.hasOwn(STANDS_STILL, state)
    ? STANDS_STILL[state]
    : undefined;
  return text !== undefined && why !== undefined ? `${text} (${why})` : text;
}
