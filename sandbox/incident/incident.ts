import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Admin, ConfigResourceTypes } from "kafkajs";
import { addHours, type Hour, hourStart } from "../../lib/hour";
import { access } from "../platform/access";
import { moveClockTo } from "../platform/clock";
import { runCommand, sandboxKafka } from "../platform/commands";
import { SANDBOX_DIR } from "../platform/paths";
import { ports } from "../platform/ports";
import { Producers, rotateArchive, cutLastLineOf } from "./producers";
import { refineHours, refineHoursOutdated } from "../platform/refine";
import { BROKER_ID } from "../platform/services/kafka";
import { setup } from "../platform/setup";
import { STORY, topicOf, TOPICS } from "./story";
import type { Report } from "../platform/up";
import { until } from "../platform/wait";

/** There once the incident has been played. */
const MARK = join(SANDBOX_DIR, "incident-played");

/** Waits until the broker holds nothing of the topics: its own retention check has deleted every segment. */
async function untilDeleted(admin: Admin, topics: string[]): Promise<void> {
  await until(
    "the broker to delete the expired segments",
    60,
    async () => {
      const offsets = await Promise.all(
        topics.map((t) => admin.fetchTopicOffsets(t)),
      );
      return offsets.flat().every((o) => o.low === o.high);
    },
    300,
  );
}

/** Plays the weeks before July 5, 2018 on the running sandbox. It does so once; after `sandbox reset` it can be played again. */
export async function incident(
  report: Report,
  /** Called on June 25: the config has drifted, Camus has imported, nothing is lost yet. */
  beforeLoss: () => Promise<void> = async () => undefined,
): Promise<void> {
  if (existsSync(MARK)) {
    report("the incident has been played already (sandbox reset forgets it)");
    return;
  }
  const tools = await setup(report);
  const kafka = sandboxKafka();
  const admin = kafka.admin();
  const producers = new Producers(kafka, access(ports()).mysql);
  const legacy = TOPICS.filter((t) => t.seconds).map((t) => topicOf(t.schema));
  await Promise.all([admin.connect(), producers.connect()]);
  const produce = async (hours: readonly Hour[], fixed: boolean) => {
    let events = 0;
    for (const hour of hours) {
      await moveClockTo(new Date(hourStart(hour) + 59 * 60_000));
      events += await producers.hour(hour, fixed);
    }
    return events;
  };
  const camus = async (at: Hour, ...args: string[]) => {
    await moveClockTo(new Date(hourStart(at) + 5 * 60_000));
    return runCommand("camus", args);
  };
  try {
    await admin.createTopics({
      topics: TOPICS.map((t) => ({
        topic: topicOf(t.schema),
        numPartitions: t.rate >= 100 ? 2 : 1,
        // Old segments go by themselves, so that none protects newer ones for long.
        configEntries: [{ name: "segment.bytes", value: "262144" }],
      })),
    });
    const healthy = await produce(STORY.healthy, false);
    report(
      `June 18  ${healthy} events in ${TOPICS.length} topics, LogAppendTime; Camus imports them`,
    );
    await camus(addHours(STORY.healthy.at(-1)!, 1));

    await moveClockTo(new Date(STORY.drift));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.BROKER,
          name: String(BROKER_ID),
          configEntries: [
            { name: "log.message.timestamp.type", value: "CreateTime" },
          ],
        },
      ],
    });
    report(
      "June 18  a one-time broker config change: message.timestamp.type LogAppendTime -> CreateTime",
    );

    const drifted = await produce(STORY.drifted, false);
    await camus(addHours(STORY.drifted.at(-1)!, 1), "--check");
    report(
      `June 25  ${drifted} events; Camus imports them. Nobody notices that ${legacy.length} producers date theirs to 1970`,
    );
    await refineHours(tools, [...STORY.healthy, ...STORY.drifted]);
    report("June 25  Refine has refined every hour so far");
    rotateArchive("20180626");
    await beforeLoss();

    await moveClockTo(new Date(hourStart(STORY.lost[0]!)));
    await untilDeleted(admin, legacy);
    report(
      "June 26  the segments that protected them have expired; the broker deletes down to the end",
    );
    const lost = await produce(STORY.lost, false);
    cutLastLineOf(STORY.cutSchema);
    await untilDeleted(admin, legacy);
    report(
      `June 26  ${lost} events; of ${legacy.length} topics the broker deletes them within a retention check`,
    );
    const failed = await camus(addHours(STORY.lost.at(-1)!, 1));
    report(
      `June 26  Camus: offsets out of range, topics skipped (exit code ${failed}); cron discards it`,
    );
    rotateArchive("20180627");

    const stuck = await produce(STORY.stuck, true);
    await camus(addHours(STORY.stuck.at(-1)!, 1));
    report(
      `July 5   ${stuck} events, dated in milliseconds again; Camus skips the same topics, run after run`,
    );

    await refineHoursOutdated(tools, STORY.stuck, STORY.outdatedTables);
    report(
      `July 5   by mistake the outdated json-refine wrapper refines ${STORY.outdatedTables.join(", ")}`,
    );
    await refineHours(tools, [...STORY.lost, ...STORY.stuck]);
    report(
      "July 5   Refine has refined what was imported, and skips what has a flag",
    );
    await moveClockTo(new Date(STORY.noticed));
    writeFileSync(MARK, "");
  } finally {
    await Promise.all([admin.disconnect(), producers.close()]);
  }
}
