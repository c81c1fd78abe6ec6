import { MockActivityEnvironment } from "@temporalio/testing";
import { createImporterActivities } from "../../../activities/backfill/import";
import { auditTopics } from "../../../activities/audit/judge-topics";
import { jumps } from "../../../domain/audit/jumps";
import type { Gap } from "../../../domain/audit/ledger";
import type { Finding } from "../../../domain/backfill/plan";
import { steeringOf } from "../../../importers/importer";
import { type Hour, hourOf, hourStart } from "../../../lib/hour";
import { moveClockTo, simulatedNow } from "../../../sandbox/platform/clock";
import { runCommand, sandboxKafka } from "../../../sandbox/platform/commands";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { GOBBLIN_RAW, GOBBLIN_STORE } from "../../../sandbox/platform/gobblin";
import { BIN } from "../../../sandbox/platform/wrappers";
import type { Config } from "../../../domain/settings/config";
import { loadConfig } from "../../../workers/config";
import { createDependencies } from "../../../workers/dependencies";
import type { World } from "./world";

const NAMING = {
  topicPattern: "(?:eqiad|codfw)\\.(.+)",
  rawPath: `${GOBBLIN_RAW}/{topic}`,
  keepDots: true,
};

/** What of a configuration is another one where Gobblin imports. */
const gobblinSections = ({
  allowedPrefixes,
  importer,
}: Pick<Config, "allowedPrefixes" | "importer">) => ({
  allowedPrefixes: [...allowedPrefixes, "/wmf/gobblin"],
  importer: {
    ...importer,
    kind: "gobblin" as const,
    command: [`${BIN}/gobblin`],
    historyPath: GOBBLIN_STORE,
  },
});

/** The sections of a pipeline that Gobblin imports and nobody refines: events of the event platform, without an archive. */
export const unrefinedPipeline = () => ({
  ...gobblinSections(loadConfig(CONFIG_FILE)),
  naming: NAMING,
  events: { identity: "/meta/id", time: "/meta/dt", stream: "/meta/stream" },
  refine: null,
  hive: null,
  archive: null,
  mysql: null,
});

/** The fleet's second importer: Gobblin's own classes, run against the fleet's broker and HDFS. */
export class GobblinFleet {
  static readonly TOPICS = ["eqiad.page_change", "codfw.page_change"];
  private readonly kafka = sandboxKafka();
  private readonly admin = this.kafka.admin();
  private readonly producer = this.kafka.producer({ idempotent: true });
  private readonly deps;
  private sent = 0;

  constructor({ client }: World) {
    const config = loadConfig(CONFIG_FILE);
    this.deps = createDependencies(
      {
        ...config,
        ...gobblinSections(config),
        naming: { ...config.naming, ...NAMING },
      },
      client,
    );
  }

  async open(topics = GobblinFleet.TOPICS): Promise<void> {
    await Promise.all([this.admin.connect(), this.producer.connect()]);
    await this.admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: 2 })),
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
    await this.deps.kafka.close();
  }

  get steering() {
    return steeringOf(this.deps.source);
  }

  /** Sends events of now to a partition. @returns their hour */
  async send(topic: string, partition: number, count: number): Promise<Hour> {
    const now = simulatedNow();
    await this.producer.send({
      topic,
      messages: Array.from({ length: count }, () => ({
        partition,
        value: JSON.stringify({
          meta: {
            id: `${topic}-${this.sent++}`,
            dt: now.toISOString(),
            stream: topic.slice(topic.indexOf(".") + 1),
          },
        }),
      })),
    });
    return hourOf(now.getTime());
  }

  /** Sends an event for which there is no directory. */
  async sendWithoutTime(topic: string, partition: number): Promise<void> {
    await this.producer.send({ topic, messages: [{ partition, value: "{}" }] });
  }

  /** Goes on to some minutes after the next hour has begun. */
  async nextHour(): Promise<void> {
    const hour = hourStart(hourOf(simulatedNow().getTime()));
    await moveClockTo(new Date(hour + 3_600_000 + 300_000));
  }

  /** An instant that is late enough that nothing is pending, and the end of the hours until now. */
  later(): { asOf: string; until: Hour } {
    const now = simulatedNow().getTime();
    return {
      asOf: new Date(now + 3 * 3_600_000).toISOString(),
      until: hourOf(now + 3_600_000),
    };
  }

  async deleteBefore(
    topic: string,
    partition: number,
    offset: string,
  ): Promise<void> {
    // The client learns by this who leads the partitions.
    await this.admin.fetchTopicOffsets(topic);
    await this.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition, offset }],
    });
  }

  run(...settings: string[]): Promise<number> {
    return runCommand("gobblin", settings);
  }

  /** The step of a saga that moves the importer back into the log. */
  resetImport(topics: string[]) {
    return new MockActivityEnvironment({
      workflowExecution: { workflowId: "backfill/gobblin", runId: "r" },
    }).run(() =>
      createImporterActivities(this.deps).resetImport({ topics }),
    ) as Promise<{ runs: number }>;
  }

  /** Where it goes on, by `<topic>/<partition>`. */
  async positions(): Promise<Record<string, string>> {
    const { positions } = await this.deps.source.state();
    return Object.fromEntries(
      [...positions].map(([key, { offset }]) => [key, offset]),
    );
  }

  /** Offsets that runs have jumped over. Of their hours an audit tells first that nobody has refined them. */
  async jumpsOf(topic: string): Promise<Gap[]> {
    const runs = await this.deps.source.runs(0);
    return jumps(runs.flatMap(({ advances }) => advances.get(topic) ?? []));
  }

  /** Findings of what was imported; this fleet has nobody who refines it. */
  async importFindings(since: Hour): Promise<Finding[]> {
    // Late enough that nothing is pending.
    const asOf = new Date(simulatedNow().getTime() + 3 * 3_600_000);
    const audits = await auditTopics(
      this.deps,
      GobblinFleet.TOPICS,
      { since, until: hourOf(simulatedNow().getTime() + 3_600_000) },
      asOf.toISOString(),
    );
    return audits
      .flatMap(({ findings }) => findings)
      .filter(({ verdict }) => !verdict.startsWith("refine"));
  }
}
