import { AsyncLocalStorage } from "node:async_hooks";
import { workflowId } from "../workflow-id";

const named = new AsyncLocalStorage<string>();

/**
 * The name of everything that a saga keeps and marks: its folder in storage, its YARN tags, its transactional id, the header of its
 * messages (domain/backfill/saga-name.ts). A shard of a large saga has a name of its own. A saga that began before sagas were named by their
 * run goes on under its workflow id.
 *
 * @throws Error outside of an activity
 */
export const sagaId = (): string => named.getStore() ?? workflowId();

type Activity = (input: never) => Promise<unknown>;

/** The same activities, which take the name of the saga that calls them behind their input. */
export const takingSagaNames = <A extends Record<string, Activity>>(
  activities: A,
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never, saga?: string) =>
        saga === undefined
          ? activity(input)
          : named.run(saga, () => activity(input)),
    ]),
  ) as A;
