import type { ArchiveCounts } from "../../../clients/event-archive";
import type { Outage } from "../../../domain/audit/audit-report";
import type { LogPast } from "../../../domain/audit/incarnation";
import type { Advance } from "../../../domain/audit/ledger";
import { wholeMatch } from "../../../domain/settings/regex-text";
import type { OutOfRange } from "../../../formats/camus/camus-log";
import type { ImporterRun, ImporterState } from "../../../importers/importer";
import { type Hour, type HourRange, hourStart } from "../../../lib/hour";
import type { SharedClients } from "./clients";
import type { MarkersByTopic } from "./markers";
import {
  readOrProblem,
  readStage,
  type Stage,
  type Tolerance,
  valueOr,
} from "./stage";

/** What is read once for a batch of topics. */
export type SharedEvidence = Tolerance & {
  importer: ImporterState;
  runs: ImporterRun[];
  /** How far those runs moved in a topic. */
  advances: (topic: string) => Advance[];
  /** When the importer first skipped a topic as out of range, epoch ms. */
  skippedSince: Map<string, number>;
  /** Effective configs of topics. */
  configs: Map<string, Record<string, string>>;
  /** Whether Kafka answers, and does not have a topic. */
  isGone: (topic: string) => boolean;
  /** Whether brokers hide a topic for want of rights, so that nobody knows whether it is there. */
  isDenied: (topic: string) => boolean;
  /** Kafka's ids of topics by name, as far as the broker tells them. */
  topicIds: Map<string, string>;
  /** What became of topics' logs. */
  pasts: Map<string, LogPast>;
  markers: MarkersByTopic;
  /** Canaries produced, by topic and hour. */
  canaries: Map<string, Map<Hour, number>>;
  /** Why the archive can tell nothing of a schema, whatever it holds; undefined where it can. */
  untold: (schema: string) => string | undefined;
  /** Counts of the archive, read when a topic first needs them. */
  archived: () => Promise<ArchiveCounts>;
  /** What could not be read, a sentence each: state files of the importer, and what explains findings but makes none. */
  problems: string[];
};

/**
 * Reads what the topics of a batch share.
 * @param tolerant whether to go on without a service that is down
 * @param beat called while the archive is read
 */
export async function readSharedEvidence(
  clients: SharedClients,
  topics: string[],
  range: HourRange,
  tolerant = false,
  beat?: () => void,
): Promise<SharedEvidence> {
  const tolerance = { outages: new Map<string, Outage>(), tolerant };
  const problems: string[] = [];
  /** What only explains or lessens findings: without it they are more, or less well explained, and none is missing. */
  const readAside = async <T>(what: string, work: () => Promise<T>, or: T) =>
    valueOr(
      await readStage(tolerance, () => readOrProblem(what, work, problems)),
      or,
    ) ?? or;
  const from = hourStart(range.since);
  const inKafka = await readStage(tolerance, async () => {
    const listed = new Set(await clients.kafka.topics());
    const others = topics.filter((topic) => !listed.has(topic));
    // What brokers hide for want of rights is not gone.
    return { listed, denied: await clients.kafka.denied(others) };
  });
  const isGone = (topic: string) =>
    inKafka.read &&
    !inKafka.value.listed.has(topic) &&
    !inKafka.value.denied.has(topic);
  const known = topics.filter(
    (topic) => !inKafka.read || inKafka.value.listed.has(topic),
  );
  const [importer, runs, log, configs, topicIds, pasts, markers, canaries] =
    await Promise.all([
      readStage(tolerance, () => clients.source.state()),
      readStage(tolerance, () => clients.source.runs(from)),
      readAside("the importer's log", () => clients.source.outOfRange(), []),
      readStage(tolerance, () => clients.kafka.topicConfigs(known)),
      // Where they are not told, an audit goes by the offsets.
      clients.kafka.topicIds(known).catch(() => new Map<string, string>()),
      readStage(tolerance, () => clients.pasts.read()),
      readAside("replays' markers", () => clients.markers(), new Map()),
      readAside("canaries", () => clients.canaries(range), new Map()),
    ]);
  let archived: Promise<ArchiveCounts> | undefined;
  return {
    ...tolerance,
    importer: stateOf(importer),
    runs: valueOr(runs, []),
    advances: advancesByTopic(valueOr(runs, [])),
    skippedSince: firstSkipped(log, from),
    configs: valueOr(configs, new Map()),
    isGone,
    isDenied: (topic) => inKafka.read && inKafka.value.denied.has(topic),
    topicIds,
    pasts: valueOr(pasts, new Map<string, LogPast>()),
    markers,
    canaries,
    untold: untoldBy(clients.config.archive),
    archived: () => (archived ??= clients.archive.counts(range, beat)),
    problems: [
      ...problems,
      ...stateOf(importer).problems,
      ...[stateOf(importer).standstill ?? []].flat(),
      ...valueOr(runs, []).flatMap(({ unknown }) => unknown ?? []),
    ],
  };
}

/** What no archive tells, or not the one that is configured. */
function untoldBy(
  archive: SharedClients["config"]["archive"],
): SharedEvidence["untold"] {
  if (archive === undefined) return () => "no archive is configured";
  const excluded = wholeMatch(archive.excludedSchemas);
  return (schema) =>
    excluded.test(schema) ? "this schema is not in the archive" : undefined;
}

/** The importer's state; where it could not be read, one without positions that says why. */
const stateOf = (importer: Stage<ImporterState>): ImporterState =>
  importer.read
    ? importer.value
    : { positions: new Map(), problems: [importer.why] };

/** When each topic was first skipped as out of range, epoch ms. What was skipped before the range, and healed, explains nothing in it. */
function firstSkipped(log: OutOfRange[], from: number): Map<string, number> {
  const first = new Map<string, number>();
  for (const { topic, decision, time } of log) {
    if (decision !== "skipped" || time < from) continue;
    first.set(topic, Math.min(first.get(topic) ?? time, time));
  }
  return first;
}

/** A topic's advances are put together once, when they are first asked for. */
function advancesByTopic(runs: ImporterRun[]): (topic: string) => Advance[] {
  const known = new Map<string, Advance[]>();
  return (topic) => {
    let found = known.get(topic);
    if (!found) {
      found = runs.flatMap((run) => run.advances.get(topic) ?? []);
      known.set(topic, found);
    }
    return found;
  };
}
