import { fatal } from "../../clients/errors";
import {
  type Application,
  hasEnded,
  isRefine,
  told,
  type Yarn,
} from "../../clients/yarn/yarn";
import { awaitEnd } from "./await-end";
import { sagaId } from "./saga-id";
import { tagOf } from "./yarn-tag";

/** Why an operator may not kill an application by way of a saga; undefined where it may be killed. */
function reasonNotToKill(
  app: Application | undefined,
  ownTag: string,
): string | undefined {
  if (!app) return "YARN does not know it";
  if (!isRefine(app)) return `${app.name} is not a Refine`;
  if (hasEnded(app)) return `it has ended ${app.finalStatus}`;
  if (app.applicationTags.split(",").includes(ownTag))
    return "it is this backfill's own: abort the backfill instead";
  return undefined;
}

/** Ending a Refine: the saga's own in an abort, somebody else's where an operator wants it. */
export function createKillRefineActivities({ yarn }: { yarn: Yarn }) {
  return {
    /**
     * Ends a Refine that somebody else has started, and waits for its end.
     *
     * @returns a sentence that says what was killed
     * @throws ApplicationFailure where it is not a Refine, has ended or is this saga's own
     */
    async killJob(input: { applicationId: string }): Promise<string> {
      const app = await yarn.application(input.applicationId);
      const reason = reasonNotToKill(app, tagOf(sagaId(), "refine"));
      if (!app || reason)
        throw fatal(
          "NotAllowed",
          `${input.applicationId} is not killed: ${reason}`,
        );
      await yarn.kill(app.id);
      await awaitEnd(yarn, app);
      return `${told(app)} of ${app.user} was killed`;
    },

    /** Ends this saga's own Refine where it runs. @returns the ids of the applications that were killed */
    async killRefine(): Promise<string[]> {
      const apps = await yarn.byTag(tagOf(sagaId(), "refine"));
      const running = apps.filter((app) => !hasEnded(app));
      for (const app of running) await yarn.kill(app.id);
      return running.map((app) => app.id);
    },
  };
}
