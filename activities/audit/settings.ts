import type { Config } from "../../domain/settings/config";
import {
  archiveQueueOf,
  auditQueueOf,
  sagaQueuesOf,
} from "../../domain/settings/task-queues";
import type { Untouchable } from "../../domain/settings/sections/repair";
import { configDigest } from "../../domain/settings/config-digest";

/** What workflows need to know of the configuration. */
export type Settings = {
  /** How far back an audit looks. */
  lookbackHours: number;
  /** Topics that one activity audits. */
  batchTopics: number;
  /** Attempts to reach a service before an audit goes on without it; absent in histories of before. */
  patience?: number;
  /** The task queue of the workers on the archive's host; of bulk workers, where there is no archive. */
  archiveQueue: string;
  /** Present where there is no archive: nothing of one is collected. */
  withoutArchive?: true;
  /** The same on other hosts that hold an archive. */
  otherArchiveQueues?: string[];
  /** Every task queue that a saga needs; absent in histories of before. */
  sagaQueues?: string[];
  /** How large sagas are cut; absent in histories of sagas that never are. */
  shardTopics?: number;
  /** Shards that run at the same time. */
  shardWindow?: number;
  /** How old a plan may be when it is approved. */
  planMaxAgeMinutes?: number;
  /** Whose own schedules can be held while a saga does their work; absent in histories of before. */
  holds?: { importer: boolean; refine: boolean };
  /** What a saga goes by; absent in histories of before. */
  configDigest?: string;
  /** What no saga may repair; absent where that is nothing, and in histories of before. */
  neverTouch?: Untouchable[];
  /** The address of Temporal's Web UI. */
  webUi?: string;
};

/** The settings of a configuration. @param scope what the names of its pipeline begin with */
export function settingsOf(config: Config, scope: string): Settings {
  const { audit, archive, search, saga, plan, webUi } = config;
  const { importer, refine, repair } = config;
  return {
    lookbackHours: audit.lookbackHours,
    batchTopics: audit.batchTopics,
    patience: audit.patience,
    archiveQueue: scope + auditQueueOf(config),
    ...(archive ? {} : { withoutArchive: true as const }),
    otherArchiveQueues: search.otherHosts.map(
      (host) => scope + archiveQueueOf(host),
    ),
    sagaQueues: sagaQueuesOf(config, scope),
    holds: {
      importer: importer.hold !== undefined,
      refine: refine?.hold !== undefined,
    },
    configDigest: configDigest(config),
    shardTopics: saga.shardTopics,
    shardWindow: saga.window,
    planMaxAgeMinutes: plan.maxAgeMinutes,
    ...(repair && repair.neverTouch.length > 0
      ? { neverTouch: repair.neverTouch }
      : {}),
    ...(webUi ? { webUi } : {}),
  };
}
