import { withLedger } from "../../../../../domain/audit/attribution";
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
  readKafkaLog,
  withLogsPast,
} from "../../../../../activities/audit/evidence/kafka-log";
import { topicFacts } from "../../../../../activities/audit/evidence/topic-facts";
import { addHours, HOUR_MS } from "../../../../../lib/hour";
import { POLICY } from "../../../domain/audit/cases";
import {
  FIRST,
  type History,
  MINUTE_MS,
  PlayedTopic,
  START,
} from "./played-topic";

const TOPIC = "eventlogging_Edit";

/** A topic with the audits of it, of which each leaves its memory to the next one. */
class AuditedTopic extends PlayedTopic {
  private readonly memory: TopicMemory = emptyMemory();

  async play(): Promise<void> {
    if (this.told.hasIds) await this.audit(START);
    for (const [index, step] of this.told.steps.entries()) {
      this.happen(index, step);
      if (step.audit)
        await this.audit(START + (index + 1) * HOUR_MS + 20 * MINUTE_MS);
    }
  }

  async audit(asOf: number) {
    this.look();
    const range = {
      since: FIRST,
      until: addHours(FIRST, this.told.steps.length),
    };
    const log = await readKafkaLog(
      this.kafka() as never,
      TOPIC,
      range,
      asOf,
      this.told.hasIds ? String(this.id) : undefined,
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
      this.memory.log,
    );
    const topic = withLogsPast(
      facts,
      log,
      this.stored as never,
      this.memory,
      range,
      asOf,
    );
    const raw = this.raw();
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
  );
  return {
    judgements,
    missing: played.missing,
    cannotBeTold: played.cannotBeTold,
  };
}
