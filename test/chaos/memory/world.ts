import { activityInfo } from "@temporalio/activity";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { createImporterActivities } from "../../../activities/backfill/import";
import type { Jobs } from "../../../clients/commands";
import type { Kafka } from "../../../clients/kafka/kafka";
import { createAwaitRefineActivities } from "../../../activities/backfill/await-refine";
import { createFlagActivities } from "../../../activities/backfill/clear-flags";
import { createKillRefineActivities } from "../../../activities/backfill/kill-refine";
import { createSubmitRefineActivities } from "../../../activities/backfill/submit-refine";
import { sagaId } from "../../../activities/backfill/saga-id";
import { createReplayActivities } from "../../../activities/backfill/replay";
import { createRetentionActivities } from "../../../activities/backfill/hold-retention";
import { createReportActivities } from "../../../activities/backfill/report";
import { Storage } from "../../../clients/storage";
import { Drivers } from "../../../activities/backfill/drivers";
import { Submitter } from "../../../activities/backfill/submitter";
import type { Yarn } from "../../../clients/yarn/yarn";
import { MemoryCamus } from "./camus";
import { Attempt, call, during, type Fault, KINDS, random } from "./faults";
import { MemoryHdfs, MemoryKafka, MemoryYarn } from "./systems";
import { sagaPlaces } from "../../../clients/storage-layout";
import {
  CONFIG,
  dirOf,
  HOURS,
  LOSSY,
  LOST,
  PLAN,
  planSummary,
  SCHEMAS,
  SHA,
  storeMissing,
  topicOf,
} from "./scenario";

/** The platform of one saga in memory, the real activities over it, and the faults that a seed gives to their attempts. */
export class World {
  readonly kafka = new MemoryKafka();
  readonly hdfs = new MemoryHdfs();
  readonly yarn = new MemoryYarn();
  readonly lost = LOST;
  readonly faults: Record<string, number> = {};
  /** Rows that Refine has written: partition to uuids. */
  readonly rows = new Map<string, Set<string>>();
  private readonly drivers = new Set<string>();
  private readonly camus = new MemoryCamus(this.kafka);
  private readonly random: () => number;
  readonly before: ReturnType<World["state"]>;

  constructor(
    readonly seed: number,
    private readonly intensity: number,
  ) {
    this.random = random(seed);
    const positions: Record<string, number> = {};
    for (const schema of SCHEMAS) {
      const topic = topicOf(schema);
      // Retention has deleted the first twenty offsets; a lossy topic has three messages behind them.
      const log = { own: {}, low: 20, log: [] } as never;
      this.kafka.logs.set(topic, log);
      this.fill(topic, 20, LOSSY.includes(schema) ? 3 : 0);
      positions[topic] = LOSSY.includes(schema) ? 5 : 20;
    }
    this.kafka.logs.get(topicOf("Lost"))!.own["retention.ms"] = "86400000";
    this.camus.addRun(positions, "2018-06-26-21-05-00");
    for (const schema of ["Outdated", "Bystander"])
      for (const hour of HOURS)
        this.hdfs.put(`${dirOf(schema, hour)}/_REFINED`, `${schema} ${hour}`);
    this.before = this.state();
  }

  private fill(topic: string, deleted: number, live: number): void {
    const { log } = this.kafka.logs.get(topic)!;
    for (let i = 0; i < deleted + live; i++)
      log.push({
        marker: false,
        value: JSON.stringify({ live: i }),
        headers: {},
        transaction: { state: "committed" },
      });
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

  /** One run of Refine: it refines every hour of its tables that has no flag. */
  private refine(tables: string[]): void {
    for (const schema of tables)
      for (const hour of HOURS) {
        const flag = `${dirOf(schema, hour)}/_REFINED`;
        if (this.hdfs.files.has(flag)) continue;
        const have = this.camus.importedOf(topicOf(schema));
        const rows = this.lost
          .filter((e) => e.schema === schema && e.dt!.startsWith(hour))
          .map((e) => e.uuid)
          .filter((uuid) => have.has(uuid));
        this.rows.set(dirOf(schema, hour), new Set(rows));
        this.hdfs.put(flag, `refined ${this.yarn.apps.length}`);
      }
  }

  /** The commands of this host. A process runs on when the attempt that started it has died. */
  private readonly jobs: Jobs = {
    driverRuns: (text) => this.drivers.has(text.slice(text.indexOf("=") + 1)),
    runCommand: async (argv, _signal) => {
      const setting = (name: string) =>
        argv
          .find((a) => a.includes(`${name}=`))
          ?.split("=")
          .at(-1) ?? "";
      const submits = argv[0] === "spark-submit";
      const tag = setting(submits ? "spark.yarn.tags" : "mapreduce.job.tags");
      const ms = 20 + this.random() * 400;
      let ended!: () => void;
      const end = new Promise<void>((done) => (ended = done));
      await call(() => {
        this.drivers.add(tag);
        setTimeout(() => {
          if (submits)
            this.yarn.submit("refine_x", tag, 2 * ms, () =>
              this.refine([...LOSSY, "Outdated"]),
            );
          else
            this.camus.run(
              setting("kafka.whitelist.topics").split(",").filter(Boolean),
            );
          this.drivers.delete(tag);
          ended();
        }, ms);
      }, true);
      await end;
      return call(() => ({ code: 0, output: "" }));
    },
  };

  /** The real activities over this world, except for planning, search, logs and verification, which the world answers itself. */
  activities() {
    const hdfs = this.hdfs as unknown as Hdfs;
    const storage = new Storage(hdfs, "/wmf/data/sisyphus");
    const drivers = new Drivers({
      host: "bulk",
      graceMs: 1000,
      jobs: this.jobs,
      storage,
    });
    const deps = {
      config: CONFIG,
      hdfs,
      storage,
      kafka: this.kafka as unknown as Kafka,
      yarn: this.yarn as unknown as Yarn,
      source: this.camus.importer,
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
      settings: async () => ({
        lookbackHours: 24,
        batchTopics: 1,
        archiveQueue: "archive@test",
      }),
      makePlan: () => this.makePlan(storage),
      collectHeld: async () => ({ ref: "" }),
      collectArchive: async () => ({ ref: "" }),
      collectMysql: async () => ({ ref: "" }),
      joinMissing: () => storeMissing(storage, sagaId()),
      scanLogs: async () => ({
        files: 1,
        bytes: 1,
        lines: 1,
        finished: this.rows.size,
        failed: [],
        unexplained: this.partitions().filter((p) => !this.rows.has(p)),
        records: 0,
      }),
      verify: async () => {
        const rows = [...this.rows.values()].flatMap((s) => [...s]);
        const found = this.lost.filter((e) => rows.includes(e.uuid)).length;
        return {
          partitions: this.rows.size,
          rows: rows.length,
          distinct: rows.length,
          duplicates: 0,
          found,
          expected: this.lost.length,
          withIp: 0,
          geocoded: 0,
          problems: found === this.lost.length ? [] : [`${found} have a row`],
          findings: [],
        };
      },
    };
  }

  private partitions(): string[] {
    return [...LOSSY, "Outdated"].flatMap((s) => HOURS.map((h) => dirOf(s, h)));
  }

  /** Runs an attempt of an activity, with the fault that the seed has for it. */
  run(name: string, input: unknown): Promise<unknown> {
    const attempt = new Attempt(this.fault(activityInfo().attempt));
    const all = this.activities() as unknown as Record<
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

  private async makePlan(storage: Storage) {
    return planSummary(
      await storage.write(sagaPlaces(sagaId()).planOf010, PLAN),
    );
  }
}
