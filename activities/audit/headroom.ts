import { heartbeat } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { nextUnread } from "../../domain/audit/evidence";
import { judgeHeadroom, type TopicHeadroom } from "../../domain/audit/headroom";
import { safeHours, type Target } from "../../domain/audit/safe-hours";
import { driftOf, type Policy } from "../../domain/settings/policy";
import type { Kafka, Offsets } from "../../clients/kafka/kafka";
import type { ImporterRun, Importer } from "../../importers/importer";
import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import { HOUR_MS, DAY_MS } from "../../lib/hour";

type HeadroomClients = {
  kafka: Kafka;
  source: Importer;
  storage: Storage;
  policyOf: (topic: string) => Policy;
  config: Pick<Config, "naming">;
};

/** Headroom: how long what the importer has not read yet is safe from retention. */
export function createHeadroomActivities(clients: HeadroomClients) {
  const { config, kafka, policyOf, source, storage } = clients;
  return {
    /**
     * Headroom of topics that have unread data, or that data flows through.
     * @returns those below their warning threshold, and how many topics were asked about
     */
    async headroomBatch(input: {
      topics: string[];
      asOf: string;
    }): Promise<{ looked: number; low: TopicHeadroom[] }> {
      const now = Date.parse(input.asOf);
      const [state, runs, configs] = await Promise.all([
        source.state(),
        source.runs(now - DAY_MS),
        kafka.topicConfigs(input.topics),
      ]);
      const active = topicsImportedUntil(now, runs);
      const low: TopicHeadroom[] = [];
      for (const topic of input.topics) {
        heartbeat(topic);
        const settings = configs.get(topic) ?? {};
        const retentionMs = Number(settings["retention.ms"] ?? -1);
        if (!datasetOf(topic, config.naming) || retentionMs < 0) continue;
        const policy = policyOf(topic);
        const hoursOf = async (targets: Target[]) =>
          targets.length === 0
            ? undefined
            : safeHours(
                targets,
                (ms) => kafka.offsetsAt(topic, ms),
                retentionMs,
                now,
                policy.headroom.warnHours,
              );
        const positions = source.positions(state, topic, []);
        const offsets = await kafka.offsets(topic);
        const unread = nextOffsets(offsets, (partition) =>
          positions.get(partition),
        );
        const hours = await hoursOf(unread);
        // What will arrive is as safe as what arrived last; where that is dated wrongly, loss is foreseeable though nothing is unread.
        const nextHours = await hoursOf(
          active.has(topic) ? newestOffsets(offsets) : [],
        );
        const found = judgeHeadroom(
          {
            topic,
            retentionHours: retentionMs / HOUR_MS,
            unread: unread.length > 0,
            ...(hours === undefined ? {} : { hours }),
            ...(nextHours === undefined ? {} : { nextHours }),
            drift: driftOf(policy, settings),
          },
          policy,
        );
        if (found) low.push(found);
      }
      return { looked: input.topics.length, low };
    },
    /** Keeps what is low, for metrics. */
    async saveHeadroom(input: { low: TopicHeadroom[] }): Promise<void> {
      await storage.write(latest.headroom, input.low);
    },
  };
}

/** Topics that importer runs moved in, those of runs after an instant (epoch ms) not counted. */
const topicsImportedUntil = (now: number, runs: ImporterRun[]): Set<string> =>
  new Set(
    runs
      .filter((run) => run.time <= now)
      .flatMap((run) => [...run.advances.keys()]),
  );

/** The offset that the importer reads next, for each partition that has any left for it to read. */
const nextOffsets = (
  offsets: Offsets[],
  positionOf: (partition: number) => { offset: string } | undefined,
): Target[] =>
  offsets.flatMap(({ partition, low, high }) => {
    const stored = positionOf(partition)?.offset;
    const next = nextUnread({
      partition,
      ...(stored === undefined ? {} : { stored }),
      logStart: low,
      logEnd: high,
    });
    return next < BigInt(high) ? [{ partition, offset: next }] : [];
  });

/** Each partition's last offset; none for an empty partition. */
const newestOffsets = (offsets: Offsets[]): Target[] =>
  offsets
    .filter(({ low, high }) => low !== high)
    .map(({ partition, high }) => ({ partition, offset: BigInt(high) - 1n }));
