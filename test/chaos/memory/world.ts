import { activityInfo } from "@temporalio/activity";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { createImporterActivities } from "../../../activities/backfill/import";
import type { Kafka } from "../../../clients/kafka/kafka";
import { createAwaitRefineActivities } from "../../../activities/backfill/await-refine";
import { createFlagActivities } from "../../../activities/backfill/clear-flags";
import { createHoldOthersActivities } from "../../../activities/backfill/hold-others";
import { createKillRefineActivities } from "../../../activities/backfill/kill-refine";
import { createSubmitRefineActivities } from "../../../activities/backfill/submit-refine";
import { createReplayActivities } from "../../../activities/backfill/replay";
import { createRetentionActivities } from "../../../activities/backfill/hold-retention";
import { createReportActivities } from "../../../activities/backfill/report";
import { Storage } from "../../../clients/storage";
import { Drivers } from "../../../activities/backfill/drivers";
import { Submitter } from "../../../activities/backfill/submitter";
import type { Yarn } from "../../../clients/yarn/yarn";
import type { Config } from "../../../domain/settings/config";
import { partitionKey } from "../../../lib/keys";
import { MemoryCamus, type Positions } from "./camus";
import { Attempt, during, type Fault, KINDS } from "./faults";
import { random } from "../../../lib/random";
import { MemoryHost, runCamus } from "./hosts";
import { MemoryKafka } from "./kafka";
import { CONFIG, LOSSY, LOST, SCHEMAS, SHA, topicOf } from "./scenario";
import { MemorySchedules } from "./schedules";
import { shapeOf } from "./shape";
import { simulatedActivities } from "./simulated";
import { MemoryHdfs, MemoryYarn } from "./systems";
import { MemoryTables } from "./tables";

/**
 * A driver of the importer takes 120 ms at most to be shown, and as long to tell what it has done. Much longer, and a schedule that runs it
 * each second would leave no moment in which all of its runs count.
 */
const DRIVER_SECONDS = 0.4;

/** The platform of a seed's sagas in memory, the real activities over it, and the faults that the seed gives to their attempts. */
export class World {
  readonly shape;
  readonly kafka = new MemoryKafka();
  readonly hdfs = new MemoryHdfs();
  readonly yarn = new MemoryYarn();
  readonly camus = new MemoryCamus(this.kafka, this.hdfs);
  readonly tables = new MemoryTables(this.hdfs, this.camus);
  readonly schedules = new MemorySchedules();
  readonly lost = LOST;
  readonly faults: Record<string, number> = {};
  private readonly hosts: Map<string, MemoryHost>;
  private readonly random: () => number;
  readonly before: ReturnType<World["state"]>;

  constructor(
    readonly seed: number,
    private readonly intensity: number,
  ) {
    this.shape = shapeOf(seed);
    this.random = random(seed);
    const positions = this.fillTopics();
    this.camus.addRun({}, positions, "2018-06-26-21-05-00");
    this.hosts = new Map(
      this.shape.hosts.map((name) => [
        name,
        new MemoryHost({
          yarn: this.yarn,
          camus: this.camus,
          refine: () => this.tables.refine("refined"),
          schedules: this.schedules,
          random: this.random,
        }),
      ]),
    );
    this.before = this.state();
  }

  /** Starts what has a schedule of its own. */
  begin(): void {
    const { yarn, camus, tables, shape, schedules } = this;
    const dice = random(this.seed ^ 0x5c4ed);
    const { importer, refine } = shape.schedules;
    if (importer)
      schedules.every(importer.everyMs, "importer", () =>
        runCamus({ yarn, camus, random: dice }, { tag: "", moves: false }),
      );
    if (refine)
      schedules.every(refine.everyMs, "refine", () =>
        yarn.run("refine_hourly", "", 50 + dice() * 500, () =>
          tables.refine(refine.isOutdated ? "outdated" : "refined"),
        ),
      );
  }

  /** The configuration of the world's workers. */
  private get config(): Config {
    const commandsFor = (job: "importer" | "refine") =>
      this.shape.schedules[job]?.canBeHeld
        ? { hold: ["hold", job], release: ["release", job] }
        : {};
    return {
      ...CONFIG,
      yarn: { ...CONFIG.yarn, driverSeconds: DRIVER_SECONDS },
      importer: { ...CONFIG.importer, ...commandsFor("importer") },
      refine: { ...CONFIG.refine!, ...commandsFor("refine") },
    };
  }

  /** Fills the topics as the incident has left them. @returns where the importer stands */
  private fillTopics(): Positions {
    const dice = random(this.seed ^ 0x70b1c);
    const positions: Positions = {};
    for (const schema of SCHEMAS) {
      const topic = topicOf(schema);
      const isLossy = LOSSY.includes(schema);
      this.kafka.create(topic, this.shape.partitions[schema]);
      for (const partition of this.kafka.partitionsOf(topic)) {
        // Retention has deleted the first twenty offsets; in lossy topics there are messages behind them.
        this.kafka.fill(topic, partition, 20, isLossy ? 3 : 0);
        const key = partitionKey(topic, partition);
        // Not every partition of a lossy topic has lost something; one that was added lately was never read.
        if (!isLossy) positions[key] = 20;
        else if (partition === 0 || dice() < 0.5) positions[key] = 5;
        else if (dice() < 0.7) positions[key] = 21;
      }
    }
    this.kafka.logs.get(topicOf("Lost"))!.own["retention.ms"] = "86400000";
    return positions;
  }

  /** Everything that an abort must leave as it was before the saga: retention, the importer's positions, flags. */
  state() {
    return {
      retention: Object.fromEntries(
        [...this.kafka.logs].map(([t, { own }]) => [t, { ...own }]),
      ),
      positions: this.camus.positions,
      flags: Object.fromEntries(
        [...this.hdfs.files]
          .filter(([p]) => p.endsWith("_REFINED"))
          .map(([p, f]) => [p, f.data.toString("utf8")]),
      ),
    };
  }

  /** The fault of an attempt, if it is to have one. Only the first three attempts may: each run must come to an end. */
  private fault(attempt: number): Fault | undefined {
    if (attempt > 3 || this.random() >= this.intensity) return undefined;
    return {
      kind: KINDS[Math.floor(this.random() * KINDS.length)]!,
      at: 1 + Math.floor(this.random() ** 2 * 25),
      ms: 100 + this.random() * 3000,
    };
  }

  /** The real activities on one of the hosts, except for planning, search, logs and verification, which the world answers itself. */
  activities(host: string) {
    const { jobs } = this.hosts.get(host)!;
    const hdfs = this.hdfs as unknown as Hdfs;
    const storage = new Storage(hdfs, "/wmf/data/sisyphus");
    const drivers = new Drivers({ host, graceMs: 1000, jobs, storage });
    const { config } = this;
    const deps = {
      config,
      jobs,
      hdfs,
      storage,
      kafka: this.kafka as unknown as Kafka,
      yarn: this.yarn as unknown as Yarn,
      source: this.camus.importer(),
      drivers,
      submitter: new Submitter(this.yarn as unknown as Yarn, drivers),
    };
    return {
      ...createReplayActivities(deps),
      ...createRetentionActivities(deps),
      ...createImporterActivities(deps),
      ...createFlagActivities(deps),
      ...createSubmitRefineActivities({
        ...deps,
        digestOf: () => Promise.resolve(SHA),
      }),
      ...createAwaitRefineActivities(deps),
      ...createKillRefineActivities(deps),
      ...createReportActivities(deps),
      ...createHoldOthersActivities(deps),
      ...simulatedActivities(this, config, storage),
    };
  }

  /** Runs an attempt of an activity, on one of the hosts and with the fault that the seed has for it. */
  run(name: string, input: unknown): Promise<unknown> {
    const attempt = new Attempt(this.fault(activityInfo().attempt));
    const { hosts } = this.shape;
    const host = hosts[Math.floor(this.random() * hosts.length)]!;
    const all = this.activities(host) as unknown as Record<
      string,
      (input: unknown) => Promise<unknown>
    >;
    const work = during(attempt, () => all[name]!(input)).finally(() => {
      if (attempt.happened)
        this.faults[attempt.happened] =
          (this.faults[attempt.happened] ?? 0) + 1;
    });
    work.catch(() => undefined);
    return Promise.race([work, attempt.givenUp]).finally(() => {
      if (attempt.happened?.startsWith("dead"))
        this.faults[attempt.happened] =
          (this.faults[attempt.happened] ?? 0) + 1;
    });
  }
}
