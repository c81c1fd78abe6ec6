import { heartbeat } from "@temporalio/activity";
import { datasetOf } from "../../domain/settings/dataset";
import { judgeHeadroom, type TopicHeadroom } from "../../domain/audit/headroom";
import { driftOf } from "../../domain/settings/policy";
import type { Systems } from "./evidence/evidence";
import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import { HOUR_MS, DAY_MS } from "../../lib/hour";

/** Headroom: how long what the importer has not read yet is safe from retention. */
export function createHeadroomActivities(deps: Systems & { storage: Storage }) {
  const { config, kafka, source } = deps;

  /**
   * Kafka deletes segments from the oldest on and stops at one whose largest timestamp is younger than retention; so an offset is safe until
   * the largest timestamp at or before it has expired. ListOffsets tells that without reading: the first offset at or after a time lies at or
   * before ours exactly if such a timestamp exists. (retention.bytes is not looked at.)
   */
  async function safeHours(
    topic: string,
    targets: { partition: number; offset: bigint }[],
    retentionMs: number,
    now: number,
    upTo: number,
  ): Promise<number> {
    const safe = async (hours: number) => {
      const first = await kafka.offsetsAt(
        topic,
        now - retentionMs + hours * HOUR_MS,
      );
      return targets.every(
        (t) => (first.get(t.partition) ?? t.offset + 1n) <= t.offset,
      );
    };
    if (await safe(upTo)) return upTo;
    let [low, high] = [0, upTo];
    if (!(await safe(low))) return 0;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (await safe(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    /** Headroom of topics that have unread data, or that data flows through. @returns those below their warning threshold, and how many were looked at */
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
      const active = new Set(
        runs
          .filter((r) => r.time <= now)
          .flatMap((r) => [...r.advances.keys()]),
      );
      const low: TopicHeadroom[] = [];
      for (const topic of input.topics) {
        heartbeat(topic);
        const settings = configs.get(topic) ?? {};
        const retentionMs = Number(settings["retention.ms"] ?? -1);
        if (!datasetOf(topic, config.naming) || retentionMs < 0) continue;
        const policy = deps.policyOf(topic);
        const positions = source.positions(state, topic, []);
        const offsets = (await kafka.offsets(topic)).filter(
          (o) => o.low !== o.high,
        );
        const unread = offsets.flatMap((o) => {
          const stored = BigInt(positions.get(o.partition)?.offset ?? o.low);
          const next = stored > BigInt(o.low) ? stored : BigInt(o.low);
          return next < BigInt(o.high)
            ? [{ partition: o.partition, offset: next }]
            : [];
        });
        const upTo = policy.headroom.warnHours;
        const hours =
          unread.length === 0
            ? undefined
            : await safeHours(topic, unread, retentionMs, now, upTo);
        // What will arrive is as safe as what arrived last; where that is dated wrongly, loss is foreseeable though nothing is unread.
        const newest = offsets.map((o) => ({
          partition: o.partition,
          offset: BigInt(o.high) - 1n,
        }));
        const next =
          active.has(topic) && newest.length > 0
            ? await safeHours(topic, newest, retentionMs, now, upTo)
            : undefined;
        const found = judgeHeadroom(
          {
            topic,
            retentionHours: retentionMs / HOUR_MS,
            unread: unread.length > 0,
            ...(hours === undefined ? {} : { hours }),
            ...(next === undefined ? {} : { nextHours: next }),
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
      await deps.storage.write(latest.headroom, input.low);
    },
  };
}
