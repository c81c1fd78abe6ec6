import { heartbeat } from "@temporalio/activity";
import { fatal } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { retentionHoldPlace, sagaPlaces } from "../../clients/storage-layout";
import type { Config } from "../../domain/settings/config";
import { hourStart } from "../../lib/hour";
import { refuseUntouchableTopics } from "./refuse-untouchable";
import { sagaId } from "./saga-id";

/** Each topic's own `retention.ms` before it was raised; null where the topic had none of its own and the broker's counted. */
type OwnRetention = Record<string, string | null>;

type RetentionDeps = { config: Config; kafka: Kafka; storage: Storage };

/** The longest of these retentions, in ms as Kafka writes them: -1 is for ever. What another saga has raised is not lowered under its events. */
const longest = (...retentions: (string | null)[]): string =>
  retentions
    .filter((each) => each !== null)
    .reduce((a, b) =>
      a === "-1" || (b !== "-1" && Number(a) >= Number(b)) ? a : b,
    );

/**
 * Raising the topics' retention while events are replayed, and putting it back. A replayed message carries the time of its event; where
 * that is longer ago than the topic's retention, Kafka would delete the message before the importer has read it.
 */
export function createRetentionActivities({
  config,
  kafka,
  storage,
}: RetentionDeps) {
  /**
   * What a topic had of its own before a saga raised it that has ended without putting it back, as one does that is terminated; undefined
   * where none did, or where somebody has changed the retention since.
   */
  async function heldByAnother(
    id: string,
    topic: string,
    now: string | null,
  ): Promise<{ own: string | null } | undefined> {
    const hold = await storage.read(retentionHoldPlace(topic));
    if (!hold || hold.isReleased || hold.saga === id) return undefined;
    // One that ended before it changed anything has found what another left behind.
    const isLeftBehind =
      hold.held === now || (hold.was === now && hold.was !== hold.own);
    return isLeftBehind ? hold : undefined;
  }

  /** What topics have of their own, of those that keep messages for a shorter time than `holdMs`. */
  async function shorterRetention(
    id: string,
    topics: string[],
    holdMs: number,
  ): Promise<OwnRetention> {
    const own: OwnRetention = {};
    for (const topic of topics) {
      heartbeat(topic);
      const effective = await kafka.topicConfig(topic);
      const retention = Number(effective["retention.ms"]);
      // Where the broker stamps messages as they arrive, a replayed one is young, whatever its event's age.
      const isStampedByBroker =
        effective["message.timestamp.type"] !== "CreateTime";
      const ofTopic = (await kafka.ownConfig(topic))["retention.ms"] ?? null;
      const leftBehind = await heldByAnother(id, topic, ofTopic);
      const keepsForEver = retention < 0;
      const isTooShort =
        !isStampedByBroker && !keepsForEver && retention < holdMs;
      if (leftBehind) own[topic] = leftBehind.own;
      else if (isTooShort) own[topic] = ofTopic;
    }
    return own;
  }

  /** Raises a topic's retention, unless the saga has put retention back already. */
  async function hold(
    id: string,
    topic: string,
    holdMs: number,
    own: string | null,
  ): Promise<void> {
    const places = sagaPlaces(id);
    const isReleased = async () =>
      (await storage.has(places.retentionReleased)) ||
      ((await storage.read(places.leftAlone)) ?? []).includes(topic);
    // Kafka has no conditional change, and this attempt may freeze between any two lines and wake up after an abort has put retention
    // back. It checks before the change, so that it changes nothing then; and it checks again after the change, as the release may have
    // come in between, and takes its own change back.
    const releasedBefore = await isReleased();
    if (!releasedBefore) {
      const now = (await kafka.ownConfig(topic))["retention.ms"] ?? null;
      const target = longest(String(holdMs), own, now);
      await storage.write(retentionHoldPlace(topic), {
        saga: id,
        own,
        held: target,
        was: now,
        isReleased: false,
      });
      await kafka.setTopicConfig(topic, "retention.ms", target);
    }
    if (releasedBefore || (await isReleased())) {
      await putBack(id, topic, own);
      throw fatal("Fenced", `the retention that ${id} held is released`);
    }
  }

  /** Gives a topic what it had, unless another saga has raised its retention since and needs it. */
  async function putBack(
    id: string,
    topic: string,
    own: string | null,
  ): Promise<void> {
    const hold = await storage.read(retentionHoldPlace(topic));
    const isOurs = hold?.saga === id;
    if (hold && !isOurs && !hold.isReleased) return;
    await kafka.setTopicConfig(topic, "retention.ms", own ?? undefined);
    if (isOurs)
      await storage.write(retentionHoldPlace(topic), {
        ...hold,
        isReleased: true,
      });
  }

  return {
    /**
     * Raises retention where the oldest replayed event would outlive it.
     * @param input `oldest` is the hour of the oldest event, `asOf` the instant of the plan
     * @returns what the raised topics had before
     * @throws ApplicationFailure "Fenced", not to be retried, where the saga has put retention back already
     */
    async holdRetention(input: {
      topics: string[];
      oldest: string;
      asOf: string;
    }): Promise<OwnRetention> {
      const id = sagaId();
      const places = sagaPlaces(id);
      refuseUntouchableTopics(config, input.topics);
      const age = Date.parse(input.asOf) - hourStart(input.oldest);
      const holdMs = Math.max(config.replay.holdRetentionMs, age * 2);
      // What topics had is recorded before anything is changed, and once only: a second attempt would find the raised values and take
      // them for the topics' own.
      const before =
        (await storage.read(places.retention)) ??
        (await storage.recordOnce(
          places.retention,
          await shorterRetention(id, input.topics, holdMs),
        ));
      const leftAlone = (await storage.read(places.leftAlone)) ?? [];
      for (const [topic, own] of Object.entries(before)) {
        heartbeat(topic);
        if (!leftAlone.includes(topic)) await hold(id, topic, holdMs, own);
      }
      return before;
    },
    /** Puts the recorded values back. @returns how many topics had been raised */
    async restoreRetention(input: {
      /** Default: what was recorded before anything was raised. */
      before?: OwnRetention;
      /** Only these, which are left alone from now on; default: all that were not left alone before. */
      only?: string[];
    }): Promise<number> {
      const id = sagaId();
      const places = sagaPlaces(id);
      const { only } = input;
      // The release is recorded before anything is put back: an attempt to hold that wakes up from here on sees it, and takes back what it
      // did. That of single topics is recorded with all that is put back of them.
      if (!only) await storage.write(places.retentionReleased, {});
      const before =
        input.before ?? (await storage.read(places.retention)) ?? {};
      const leftAlone = only ? [] : await storage.read(places.leftAlone);
      const names = Object.keys(before).filter((topic) =>
        only ? only.includes(topic) : !leftAlone?.includes(topic),
      );
      for (const topic of names) {
        heartbeat(topic);
        await putBack(id, topic, before[topic]!);
      }
      return names.length;
    },
  };
}
