import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Kafka } from "../../clients/kafka/kafka";
import { readRanges } from "../../clients/kafka/ranged-read";
import { rows } from "../../clients/hdfs/parquet";
import { mapPool } from "../../lib/map-pool";
import { BACKFILL_HEADER } from "../../domain/backfill/replay-headers";
import { heartbeats } from "../../cli/commands/backfill";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { addHours, partitionPath } from "../../lib/hour";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { runningPid } from "../../sandbox/platform/processes";
import { down, reset, up } from "../../sandbox/platform/up";
import { Fatal, until } from "../../sandbox/platform/wait";
import { startWorker } from "../../sandbox/platform/worker";
import { BIN } from "../../sandbox/platform/wrappers";
import { histories } from "../../test/support/histories";
import { loadConfig } from "../../workers/config";
import { connectClient } from "../../workers/connection";
import { peakMb } from "../fleet/ours";
import { ARCHIVE, lose, type Loss, type Size } from "./loss";
import type { BackfillResult } from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";

const CONFIG = join(SANDBOX_DIR, "bench.yaml");
const ID = "backfill/bulk";
const say = (line: string) => console.log(line);
const seconds = (from: string, to: string) =>
  (Date.parse(to) - Date.parse(from)) / 1000;

function configure(): void {
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as Config;
  delete config.mysql;
  delete config.metrics;
  config.replay = { ...config.replay, eventsPerSecond: 5000, batchEvents: 500 };
  // It has a file open for each topic and hour.
  config.importer.command.push(
    "-Dyarn.app.mapreduce.am.resource.mb=1536",
    "-Dyarn.app.mapreduce.am.command-opts=-Xmx1200m -XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED",
  );
  config.refine!.submit.push("--conf", "spark.driver.memory=1024m");
  writeFileSync(CONFIG, stringify(config));
}

/** Seconds of a shell command. */
function timed(command: string): number {
  const from = performance.now();
  execFileSync("sh", ["-c", command], { stdio: "ignore" });
  return (performance.now() - from) / 1000;
}

/** Looks at Kafka and Hive's files themselves. @returns what is not as it should be, counted */
async function outside(loss: Loss) {
  const config = loadConfig(CONFIG);
  const kafka = new Kafka(config.kafka.brokers);
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes: [] });
  const told = { lost: 0, replayedOnce: 0, twice: 0, rows: 0, wrongHours: 0 };
  for (const schema of loss.schemas) {
    const topic = `eventlogging_${schema}`;
    const count = new Map<string, number>();
    const parts = (await kafka.offsets(topic)).map((o) => ({
      partition: o.partition,
      from: o.low,
      to: o.high,
    }));
    await readRanges(kafka, new Map([[topic, parts]]), (m) => {
      const uuid = BACKFILL_HEADER in m.headers && m.headers["uuid"];
      if (uuid) count.set(uuid, (count.get(uuid) ?? 0) + 1);
    });
    const uuids = new Set(
      loss.lost.flatMap((h) => loss.eventsIn(schema, h)).map((e) => e.uuid),
    );
    told.lost += uuids.size;
    for (const uuid of uuids) if (count.get(uuid) === 1) told.replayedOnce++;
    for (const n of count.values()) if (n > 1) told.twice++;
    const dir = datasetOf(topic, config.naming)!.refinedDir;
    await mapPool(
      [loss.imported, ...loss.lost, loss.stuck],
      8,
      async (hour) => {
        const place = `${dir}/${partitionPath(hour)}`;
        const have: string[] = [];
        for (const file of (await hdfs.list(place)) ?? [])
          if (file.name.endsWith(".parquet"))
            for (const row of await rows(hdfs, `${place}/${file.name}`, [
              "uuid",
            ]))
              have.push(String(row["uuid"]));
        const want = new Set(loss.eventsIn(schema, hour).map((e) => e.uuid));
        told.rows += have.length;
        if (have.length !== want.size || !have.every((uuid) => want.has(uuid)))
          told.wrongHours++;
      },
    );
  }
  await kafka.close();
  return told;
}

export async function main(o: Size & { keep?: boolean }): Promise<void> {
  await reset(say);
  await up(say);
  enterSandbox();
  configure();
  const client = await connectClient();
  try {
    const loss = await lose(o, say);
    say(`the archive has ${(statSync(ARCHIVE).size / 1e6).toFixed(0)} MB`);
    await startWorker("worker", { SISYPHUS_CONFIG: CONFIG });
    const handle = await client.workflow.start("backfill", {
      workflowId: ID,
      taskQueue: "control",
      args: [
        {
          since: loss.imported,
          until: addHours(loss.stuck, 1),
          asOf: loss.asOf,
          autoApprove: true,
        },
      ],
    });
    let told = "";
    let peak = 0;
    const progress = () => handle.query<BackfillProgress>("progress");
    await until(
      "the saga to end",
      4 * 3600,
      async () => {
        const pid = runningPid("worker");
        if (pid === undefined) throw new Fatal("the worker has died");
        peak = peakMb(pid);
        const p = await progress();
        const failed = p.steps.find((s) => s.state === "failed");
        if (failed) throw new Fatal(`${failed.name}: ${failed.detail}`);
        const now = `${p.phase} ${JSON.stringify(await heartbeats(client, ID))}`;
        if (now !== told)
          say(
            `${new Date().toISOString().slice(11, 19)} ${(told = now).slice(0, 200)}`,
          );
        return p.phase === "ended";
      },
      5000,
    );
    const result = (await handle.result()) as BackfillResult & {
      dryRun: false;
      numbers: unknown;
    };
    if (!("report" in result)) throw new Error("it found nothing to do");
    const { steps, plan } = await progress();
    const took = Object.fromEntries(
      steps.map((s) => [
        s.name,
        s.startedAt && s.endedAt ? seconds(s.startedAt, s.endedAt) : 0,
      ]),
    );
    const size = await histories(client, ID);
    const seen = await outside(loss);
    // What an operator would do by hand, for the two steps that have such a peer.
    const grep = timed(
      `for s in ${loss.schemas.join(" ")}; do grep "\\"$s\\"" '${ARCHIVE}'; done | wc -l`,
    );
    const { applicationId } = result.numbers.refine!;
    const logs = timed(
      `'${join(BIN, "yarn")}' logs -applicationId ${applicationId} 2>/dev/null | grep -E '(Finished|Failed) refinement of' | wc -l`,
    );
    const results = {
      size: o,
      topicHours: plan!.topicHours,
      holds: result.holds,
      seconds: took,
      total: seconds(steps[0]!.startedAt!, steps.at(-1)!.endedAt!),
      worker: peak,
      histories: size,
      outside: seen,
      peers: { grep, yarnLogs: logs },
    };
    writeFileSync(
      join(SANDBOX_DIR, "results.json"),
      JSON.stringify(results, null, 2),
    );
    say(JSON.stringify(results, null, 2));
    say(
      `find missing against grep, a schema at a time: ${(grep / took["find missing"]!).toFixed(2)} times as fast; scan logs against yarn logs | grep: ${(logs / took["scan logs"]!).toFixed(2)}`,
    );
    if (
      !result.holds ||
      seen.replayedOnce !== seen.lost ||
      seen.twice > 0 ||
      seen.wrongHours > 0
    )
      throw new Error("it did not end well");
  } finally {
    await client.connection.close();
    if (!o.keep) await down(say);
  }
}
