import type { HourRange } from "../../../lib/hour";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import {
  findingsLeft,
  isWholeAndTwice,
} from "../../../domain/backfill/findings-left";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { sample } from "../../../domain/backfill/row-compare";
import {
  addGeocoding,
  addReplayed,
  type Verification,
} from "../../../domain/backfill/verification";
import { auditTopics } from "../../audit/judge-topics";
import { eventReaderOf } from "../../../domain/settings/event-reader";
import { beat } from "../../beat";
import type { Config } from "../../../domain/settings/config";
import { isRefined } from "../../../domain/settings/stages";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { heartbeatWhile } from "../../heartbeat-while";
import { withHours } from "../planned-hours";
import type { Storage } from "../../../clients/storage";
import { topicHourKey } from "../../../lib/keys";
import type { Submitter } from "../submitter";
import { countOnSpark, NOT_ON_SPARK } from "./count-on-spark";
import { RowReading } from "./row-reading";
import { topicHoursOf } from "./topic-hours";
import { VerifiedSoFar } from "./verified-so-far";

/** Verification ends with an audit, and so needs what an audit needs. */
type VerifyDeps = EvidenceClients & {
  storage: Storage;
  submitter: Submitter;
  config: Pick<Config, "verify" | "events">;
};

type VerifyInput = {
  topics: PlannedTopic[];
  missing: MissingTopic[];
  range: HourRange;
  /** ISO-8601: the instant as of which hours are judged. */
  asOf: string;
  /** Where the plan lies, which names the hours of topics that do not name them themselves. */
  planRef?: string;
  /** The fraction (0 to 1) of `verify.deepPartitions` that this verification takes, where several run side by side; default 1. */
  share?: number;
};

/** Verifying a repair by reading the partitions themselves. */
export function createVerifyActivities(deps: VerifyDeps) {
  const { config, storage } = deps;

  /** Names of the topic-hours that are to be compared field by field: the same ones for every attempt. */
  function deepSample(topics: PlannedTopic[], fraction: number): Set<string> {
    const topicHours = topics.flatMap(({ topic, hours }) =>
      hours.map((hour) => topicHourKey(topic, hour)),
    );
    const size = Math.ceil(config.verify.deepPartitions * fraction);
    return new Set(sample(topicHours, (name) => name, size));
  }

  return {
    /**
     * Reads the planned hours row by row, looks for every replayed event among them, and audits the topics once more. Where nobody refines,
     * the records of raw hours are read instead.
     */
    async verify(input: VerifyInput): Promise<Verification> {
      const topics = await withHours(storage, input.topics, input.planRef);
      const names = new Set(topics.map(({ topic }) => topic));
      const missing = input.missing.filter(({ topic }) => names.has(topic));
      const refined = isRefined(config);
      const soFar = await VerifiedSoFar.takenUp(storage, refined);
      const topicHours = topicHoursOf(topics, config.naming);
      const deep = refined
        ? deepSample(topics, input.share ?? 1)
        : new Set<string>();
      // Rows that are compared with their events are read here.
      const countable = topicHours
        .slice(soFar.hours)
        .filter(({ name }) => !deep.has(name));
      const counted = refined
        ? await countOnSpark(deps, countable, missing)
        : NOT_ON_SPARK;
      const reading = new RowReading(deps, {
        reader: eventReaderOf(config),
        topicHours,
        before: soFar.hours,
        missing,
        deep,
        counted: counted.hours,
      });
      await heartbeatWhile(
        () => reading.run((hours) => soFar.add(hours, reading.progress.bytes)),
        () => reading.progress,
      );
      const result = soFar.verification;
      for (const each of missing)
        addReplayed(result, each, soFar.foundOf(each.topic));
      addGeocoding(result);
      if (counted.application !== undefined)
        result.onSpark = {
          topicHours: counted.hours.size,
          applications: [counted.application],
        };
      const audits = await auditTopics(
        deps,
        topics.map((t) => t.topic),
        input.range,
        input.asOf,
        { beat },
      );
      result.findings = findingsLeft(audits, topics);
      const twice = audits
        .flatMap(({ findings }) => findings)
        .filter(isWholeAndTwice);
      if (twice.length > 0) result.importedTwice = twice.length;
      return result;
    },
  };
}
