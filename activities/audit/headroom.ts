import { beat } from "../beat";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { nextUnread } from "../../domain/audit/evidence";
import { hoursBySize } from "../../domain/audit/headroom-by-size";
import { judgeHeadroom, type TopicHeadroom } from "../../domain/audit/headroom";
import { limitIn } from "../../domain/audit/retention";
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
        beat(topic);
        const settings = configs.get(topic) ?? {};
        const limits = limitsOf(settings);
        if (!datasetOf(topic, config.naming) || !limits) continue;
        const { retentionMs, retentionBytes } = limits;
        const policy = policyOf(topic);
        const hoursOf = async (targets: Target[]) =>
          targets.length === 0 || retentionMs === undefined
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
            retentionHours:
              retentionMs === undefined ? Infinity : retentionMs / HOUR_MS,
            unread: unread.length > 0,
            ...(hours === undefined ? {} : { hours }),
            ...(nextHours === undefined ? {} : { nextHours }),
            ...(retentionBytes === undefined || unread.length === 0
              ? {}
              : {
                  bySize: {
                    ...(await headroomBySize(
                      kafka,
                      topic,
                      offsets,
                      unread,
                      retentionBytes,
                      now,
                    )),
                    retentionBytes,
                  },
                }),
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

/**
 * What Kafka deletes a topic's messages by: their age (ms), the size of a partition's log (bytes), both. Undefined where it deletes none:
 * nothing bounds the log, or it is compacted only.
 */
function limitsOf(
  settings: Record<string, string>,
):
  | { retentionMs: number | undefined; retentionBytes: number | undefined }
  | undefined {
  const policies = (settings["cleanup.policy"] ?? "delete").split(",");
  const retentionMs = limitIn(settings, "retention.ms");
  const retentionBytes = limitIn(settings, "retention.bytes");
  const deletes = retentionMs !== undefined || retentionBytes !== undefined;
  return policies.includes("delete") && deletes
    ? { retentionMs, retentionBytes }
    : undefined;
}

/** For how long unread data is safe from a bound on the log's size; for no time where the broker does not tell how large the log is. */
async function headroomBySize(
  kafka: Pick<Kafka, "logSizes" | "offsetsAt">,
  topic: string,
  offsets: Offsets[],
  unread: Target[],
  retentionBytes: number,
  now: number,
): Promise<{ hours: number; retentionHours: number }> {
  const [sizes, dayAgo] = await Promise.all([
    kafka.logSizes(
      topic,
      offsets.map(({ partition }) => partition),
    ),
    kafka.offsetsAt(topic, now - DAY_MS),
  ]);
  const next = new Map(unread.map((u) => [u.partition, u.offset]));
  return hoursBySize(
    offsets.map(({ partition, low, high }) => {
      const [logStart, logEnd] = [BigInt(low), BigInt(high)];
      const cameSince = Number(logEnd - (dayAgo.get(partition) ?? logStart));
      return {
        // A log of unknown size is taken for full, as headroom must not be promised.
        bytes: sizes.get(partition) ?? retentionBytes,
        logStart,
        logEnd,
        next: next.get(partition) ?? logEnd,
        perHour: cameSince / 24,
      };
    }),
    retentionBytes,
  );
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
