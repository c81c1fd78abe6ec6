import { fatal } from "../../clients/errors";
import {
  hoursInWords,
  untouchableHour,
  untouchableIn,
  untouchableSome,
  untouchableTopic,
} from "../../domain/backfill/never-touch";
import type { Plan } from "../../domain/backfill/plan";
import type { Config } from "../../domain/settings/config";
import { hourOf } from "../../lib/hour";
import type { Untouchable } from "../../domain/settings/sections/repair";

type Rules = Partial<Pick<Config, "repair">>;

/** What must never be touched. */
export const neverTouchOf = ({ repair }: Rules): readonly Untouchable[] =>
  repair?.neverTouch ?? [];

const untouched = (what: string, { reason }: Untouchable) =>
  fatal(
    "NotAllowed",
    `${what} must never be touched (repair.neverTouch: ${reason}). The plan was made before that was said: skip the topic, or abort and plan anew`,
  );

/** @throws ApplicationFailure where any hour of a topic must never be touched: an importer that is moved takes all that Kafka holds of it */
export function refuseToMove(config: Rules, topics: readonly string[]): void {
  for (const topic of topics) {
    const rule = untouchableSome(neverTouchOf(config), topic);
    if (rule) throw untouched(`${hoursInWords(rule)} of ${topic}`, rule);
  }
}

/** @throws ApplicationFailure where a topic must never be touched, whatever the hour */
export function refuseUntouchableTopics(
  config: Rules,
  topics: readonly string[],
): void {
  for (const topic of topics) {
    const rule = untouchableTopic(neverTouchOf(config), topic);
    if (rule) throw untouched(topic, rule);
  }
}

/**
 * @param readPlan is not asked where nothing is forbidden
 * @throws ApplicationFailure where a planned topic has an hour in the plan's range that must never be touched: Refine would take it
 */
export async function refuseUntouchablePlan(
  config: Rules,
  readPlan: () => Promise<Pick<Plan, "topics" | "range">>,
  skip: readonly string[],
): Promise<void> {
  const rules = neverTouchOf(config);
  if (rules.length === 0) return;
  const { topics, range } = await readPlan();
  for (const { topic } of topics) {
    if (skip.includes(topic)) continue;
    const rule = untouchableIn(rules, topic, range);
    if (rule)
      throw untouched(`${topic} from ${range.since} to ${range.until}`, rule);
  }
}

/** @throws ApplicationFailure where an event is of a topic-hour that must never be touched */
export function refuseUntouchableEvent(
  config: Rules,
  topic: string,
  ms: number | undefined,
): void {
  const rules = neverTouchOf(config);
  if (rules.length === 0) return;
  if (ms === undefined) return;
  const rule = untouchableHour(rules, topic, hourOf(ms));
  if (rule) throw untouched(`${topic} ${hourOf(ms)}`, rule);
}
