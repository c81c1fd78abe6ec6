import { steeringOf } from "../../importers/importer";
import {
  jumpedOverIn,
  notPassed,
  outsideOfLog,
  type Positions,
  type Standing,
  standingIn,
  stillAdvancing,
  withReplayedEventsAhead,
} from "../../domain/backfill/import-progress";
import { sagaPlaces } from "../../clients/storage-layout";
import { refuseToMove, refuseUntouchableTopics } from "./refuse-untouchable";
import { sagaId } from "./saga-id";
import type { JumpedOver } from "../../domain/audit/jumps";
import { type Hour, hourStart } from "../../lib/hour";
import { parsePartitionKey } from "../../lib/keys";
import { moveBack } from "./move-back";
import {
  type ImporterDeps,
  type ImporterRuns,
  importerRunning,
} from "./importer-running";
import { tagOf } from "./yarn-tag";
import { heartbeatWhile } from "../heartbeat-while";

/** Activities that run the importer. */
export function createImporterActivities(deps: ImporterDeps) {
  const {
    about,
    others,
    logsOf,
    waitUntilNoneRuns,
    settle,
    refuseWhatWasPutBack,
    importUntil,
  } = importerRunning(deps);
  const { config, source, storage } = deps;

  const moveBackTo = (jumped: ReadonlyMap<string, JumpedOver>) =>
    moveBack(jumped, {
      steering: steeringOf(source),
      kind: config.importer.kind,
      about: about(),
      mayMove: async (topics) => {
        await others.waitUntilNoneGoesOn();
        await refuseWhatWasPutBack(topics);
      },
    });

  return {
    /**
     * Moves the importer back into the log of topics that it skips, by running it: it moves itself to the earliest offset. Where it has jumped
     * over offsets that Kafka holds, it is moved back to them first.
     * @param input `jumped` names topics of which an audit says so, and the hour from which on their runs count; absent where there are none
     * @returns how many runs it took, and whose came between
     * @throws ApplicationFailure "NotAllowed" where it would have to be moved back and cannot
     */
    async resetImport(input: {
      topics: string[];
      jumped?: { topics: string[]; since: Hour };
    }): Promise<ImporterRuns> {
      const { topics } = input;
      refuseToMove(config, topics);
      const jumped = input.jumped
        ? jumpedOverIn(
            await logsOf(input.jumped.topics),
            await source.runs(hourStart(input.jumped.since)),
            (await source.state()).positions,
          )
        : new Map<string, JumpedOver>();
      return importUntil(
        tagOf(sagaId(), "reset"),
        topics,
        async (positions) => [
          ...outsideOfLog(await logsOf(topics), positions),
          ...notPassed(jumped, positions),
        ],
        { prepare: () => moveBackTo(jumped), mayMove: true },
      );
    },
    /**
     * Imports what was replayed: runs the importer until its positions have passed the given ends. Topics into which nothing was replayed
     * are imported as far as the importer gets, as Kafka may hold events of them that it has not read yet.
     * @param input `ends` is `<topic>/<partition>` to the offset after the last replayed event
     * @returns how many runs it took, and whose came between
     */
    async importReplayed(input: {
      topics: string[];
      ends: Record<string, string>;
    }): Promise<ImporterRuns> {
      const { topics, ends } = input;
      refuseUntouchableTopics(config, topics);
      const replayedInto = new Set(
        Object.keys(ends).map((key) => parsePartitionKey(key).topic),
      );
      const otherTopics = topics.filter((topic) => !replayedInto.has(topic));
      let before: Standing | undefined;
      const lacking = async (positions: Positions) => {
        const logs = await logsOf(otherTopics);
        const advancing = stillAdvancing(logs, positions, before);
        before = standingIn(logs, positions);
        return [
          ...withReplayedEventsAhead(ends, topics, positions),
          ...advancing,
        ];
      };
      const tag = tagOf(sagaId(), "import");
      return importUntil(tag, topics, lacking);
    },
    /**
     * Puts the positions of the saga's topics back to where they were. Everybody else's stay as they are: days may lie between.
     * @param input `after` is the newest run before the saga changed anything; absent where there was none
     * @returns the topics that had moved; none where all stood there already
     */
    async restoreOffsets(input: {
      after?: string;
      topics: string[];
      /** Whether the saga goes on without these topics: then only they are left alone from now on. */
      goesOn?: boolean;
    }): Promise<string[]> {
      const id = sagaId();
      const places = sagaPlaces(id);
      // The release is recorded first: an older attempt that wakes up finds it before its next run, and starts none. That of single topics
      // is recorded with all that is put back of them.
      if (!input.goesOn) await storage.write(places.importerReleased, {});
      // A run that is under way would otherwise end after the others were moved, and its offsets would count.
      await waitUntilNoneRuns(tagOf(id, "reset"));
      await waitUntilNoneRuns(tagOf(id, "import"));
      const hasRun = await storage.has(places.importerRun);
      await settle();
      const always = steeringOf(source).always !== undefined;
      if (!always) await others.waitUntilTheyCount();
      let written: string | undefined;
      for (let isFirst = true; ; isFirst = false) {
        const now = await heartbeatWhile(() =>
          steeringOf(source).putBack(input.topics, {
            after: input.after,
            ...about(),
          }),
        );
        written = now ?? written;
        // No run of it is another one's.
        if (always) break;
        // What stands there still after another run has ended will not be moved by it any more, nor what the saga has never moved.
        if (now === undefined && (!isFirst || !hasRun)) break;
        if (!(await others.waitUntilAllCount())) break;
      }
      return written === undefined ? [] : input.topics;
    },
  };
}
