import { AsyncLocalStorage } from "node:async_hooks";
import { activityInfo } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
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

/**
 * How soon another worker may take what this one has refused. Refusals count as attempts: the first few are asked again at once, as another
 * worker polls the same queue, and the rest so slowly that an operator has a quarter of an hour before the step fails.
 * @param attempt from 1
 */
const askAnotherIn = (attempt: number): number =>
  Math.min(2 ** Math.floor((attempt - 1) / 2), 60) * 1000;

/**
 * The same activities, which take behind their input the name of the saga that calls them, and the digest of the configuration that it goes by.
 * A worker with another configuration refuses, so that the task goes to another: a saga must not go by whichever worker answers.
 * @param digest of this worker's configuration (domain/settings/config-digest.ts)
 */
export const takingSagaNames = <A extends Record<string, Activity>>(
  activities: A,
  digest?: string,
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never, saga?: string, expected?: string) => {
        if (
          expected !== undefined &&
          digest !== undefined &&
          expected !== digest
        )
          throw ApplicationFailure.create({
            type: "OtherConfiguration",
            message: `this worker's configuration (${digest}) is not the one that the saga goes by (${expected}): \`sisyphus config check\` lists the workers; \`sisyphus backfill adopt-config\` has the saga go by what the workers have now`,
            nextRetryDelay: askAnotherIn(activityInfo().attempt),
          });
        return saga === undefined
          ? activity(input)
          : named.run(saga, () => activity(input));
      },
    ]),
  ) as A;
