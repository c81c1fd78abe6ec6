import { withLedger } from "../../../../../domain/audit/attribution";
import {
  clockAfter,
  isOfThePast,
} from "../../../../../domain/audit/audit-clock";
import { measured } from "../../../../../domain/audit/evidence";
import { judge } from "../../../../../domain/audit/judge";
import { unaccounted } from "../../../../../domain/audit/ledger";
import { archivedCounts } from "../../../../../activities/audit/evidence/archived-counts";
import { assembleHours } from "../../../../../activities/audit/evidence/assemble-hours";
import {
  emptyMemory,
  type TopicMemory,
} from "../../../../../activities/audit/evidence/evidence-cache";
import {
  noLog,
  readKafkaLog,
  withLogsPast,
} from "../../../../../activities/audit/evidence/kafka-log";
import { topicFacts } from "../../../../../activities/audit/evidence/topic-facts";
import { addHours, HOUR_MS, hourOf } from "../../../../../lib/hour";
import { POLICY } from "../../../domain/audit/cases";
import { FIRST, MINUTE_MS, PlayedTopic, START } from "./played-topic";
import type { History } from "./topic-steps";

const TOPIC = "eventlogging_Edit";

/** A topic with the audits of it, of which each leaves its memory to the next one. */
class AuditedTopic extends PlayedTopic {
  private memory: TopicMemory = emptyMemory();

  async play(): Promise<void> {
    if (this.told.hasIds) await this.audit(START, true);
    for (const [index, step] of this.told.steps.entries()) {
      this.happen(index, step);
      const now = START + (index + 1) * HOUR_MS + 20 * MINUTE_MS;
      const asksId = this.told.hasIds && !step.hasNoId;
      if (step.audit) await this.audit(now, asksId);
      if (step.hoursBack > 0 && index > 0)
        await this.audit(now - step.hoursBack * HOUR_MS, asksId, now);
    }
  }

  /** An audit leaves its memory to the next one as `auditBatch` does. */
  async audit(asOf: number, asksId: boolean, now = asOf) {
    const before = structuredClone(this.memory);
    const isPast = isOfThePast(asOf, before.clock);
    if (!isPast) this.look(before.log?.id !== undefined, asksId);
    const judgements = await this.judgedAs(asOf, asksId, now);
    if (isPast) this.memory = before;
    else this.memory.clock = clockAfter(before.clock, asOf, now);
    return judgements;
  }

  private async judgedAs(asOf: number, asksId: boolean, now: number) {
    const end = addHours(FIRST, this.told.steps.length);
    // One as of an instant of the past looks at no hour after it.
    const isBehind = asOf < now && hourOf(asOf) < end;
    const range = { since: FIRST, until: isBehind ? hourOf(asOf) : end };
    const log = this.isGone
      ? noLog(this.memory)
      : await readKafkaLog(
          this.kafka() as never,
          TOPIC,
          range,
          asOf,
          asksId ? String(this.id) : undefined,
          this.memory,
        );
    const shared = {
      configs: new Map(),
      skippedSince: new Map(),
      importer: { lastRun: this.lastRun, problems: [] },
      advances: () => this.advances,
    };
    const facts = topicFacts(
      POLICY,
      shared as never,
      TOPIC,
      { read: true, value: log },
      { read: true, value: this.stored as never },
      {},
    );
    const raw = this.raw();
    // That there is a raw hour tells that the topic was there then.
    this.memory.raw = Object.fromEntries(raw) as never;
    const topic = withLogsPast(
      facts,
      log,
      this.stored as never,
      this.memory,
      range,
      asOf,
      now,
    );
    const gaps = unaccounted(this.advances, this.files, this.markers);
    const archived = await archivedCounts(
      this.archive() as never,
      "Edit",
      topic,
      gaps.length > 0,
      [],
    );
    const hours = assembleHours(range, {
      topic,
      produced: { read: true, value: log.ofHour },
      archived,
      files: { read: true, value: undefined },
      raw,
      refined: Object.fromEntries(
        [...raw.keys()].map((hour) => [
          hour,
          {
            refined: {
              doneFlag: 1,
              outdatedFlag: false,
              rows: measured(
                new Set(
                  this.files.flatMap((f) => (f.hour === hour ? f.events : [])),
                ).size,
              ),
              geocoded: true,
            },
          } as never,
        ]),
      ),
      partitions: { read: true, value: new Set(raw.keys()) },
      canaries: undefined,
    });
    return withLedger(hours, gaps, this.advances, range).map((hour) => ({
      hour: hour.hour,
      ...judge(hour, topic, POLICY, asOf),
    }));
  }
}

/** What the last audit says of each hour, and the truth. Audits before it have left it their memory. */
export async function auditedTopic(told: History) {
  const played = new AuditedTopic(told);
  await played.play();
  const judgements = await played.audit(
    START + (told.steps.length + 100) * HOUR_MS,
    told.hasIds,
  );
  return {
    judgements,
    missing: played.missing,
    cannotBeTold: played.cannotBeTold,
  };
}
