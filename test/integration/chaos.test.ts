import { nameOfSaga } from "../support/saga-name";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createConnection } from "mysql2/promise";
import { createCollectActivities } from "../../activities/backfill/search/collect";
import { parseCandidate } from "../../formats/candidate";
import { addHours } from "../../lib/hour";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { CONF_DIR } from "../../sandbox/platform/hadoop-conf";
import { ARCHIVE_DIR, SANDBOX_DIR } from "../../sandbox/platform/paths";
import { ports } from "../../sandbox/platform/ports";
import { down, reset, up } from "../../sandbox/platform/up";
import { endWorkers, startWorker } from "../../sandbox/platform/worker";
import { connectClient } from "../../workers/connection";
import {
  createActivities,
  createDependencies,
} from "../../workers/dependencies";
import { loadConfig } from "../../workers/config";
import { Judge } from "../chaos/sandbox/judge";
import { runSandboxChaos } from "../chaos/sandbox/run";
import { countedTwice } from "./verify/count-on-spark";
import {
  CHAOS_CONFIG,
  eventsIn,
  openHdfs,
  prepare,
  type Scenario,
  writeChaosConfig,
} from "../chaos/sandbox/scenario";
import type { Collected, Missing } from "../../domain/backfill/missing";
import type { BackfillResult } from "../../domain/backfill/report";
import { sagaPlaces } from "../../clients/storage-layout";

const quiet = () => undefined;
/** Where nobody listens: the port of a broker that is not started here. */
const NOBODY = `127.0.0.1:${ports().kafkaTls}`;
/** A second host with an archive of its own. */
const SECOND = { host: "eventlog1003", dir: join(SANDBOX_DIR, "eventlog1003") };
const SECOND_CONFIG = join(SANDBOX_DIR, "second.yaml");

beforeAll(async () => {
  process.env["SISYPHUS_SANDBOX_LOGS"] = "TFile/gz";
  await reset(quiet);
  await up(quiet);
  enterSandbox();
}, 300_000);
afterAll(() => down(quiet), 120_000);

test("sagas under random faults: every lost event once, no flag lost, one Refine, everything else as before", async () => {
  // Always the same one, as CI has 90 minutes: `npm run chaos -- sandbox` looks for others.
  const runs = await runSandboxChaos([1001]);
  // A seed that fails is run again by `npm run chaos -- sandbox --seed N`.
  expect(runs.filter((r) => r.wrong.length > 0)).toEqual([]);
  // A worker that lived on would answer the tests below by the configuration of the chaos.
  expect(await endWorkers()).toEqual([]);
}, 900_000);

test("Spark and a worker count the same rows, and what is not as expected is left to the worker", async () => {
  await openHdfs();
  writeChaosConfig(CHAOS_CONFIG, (c) => {
    const direct = loadConfig(CONFIG_FILE);
    // Where everything is, Hadoop's own configuration says.
    const { webhdfs: _webhdfs, ...hdfs } = direct.hdfs;
    const { resourceManager: _resourceManager, ...yarn } = direct.yarn;
    Object.assign(c, { hdfs, yarn, hive: {} });
    c.cluster = { hadoopConf: CONF_DIR };
    c.allowedPrefixes = ["/wmf/data"];
    c.verify = { ...direct.verify, sparkFromRows: 0 };
  });
  const client = await connectClient();
  const deps = createDependencies(loadConfig(CHAOS_CONFIG), client);
  try {
    const { spark, worker, both, countable } = await countedTwice(deps);
    const withoutProblems = Object.fromEntries(
      Object.entries(worker).map(([name, { problems: _, ...counted }]) => [
        name,
        countable.includes(name) ? counted : undefined,
      ]),
    );
    expect(spark).toEqual(withoutProblems);
    expect(both).toEqual(worker);
    expect(
      countable.filter((name) => (worker[name]!.problems ?? []).length > 0),
    ).toEqual([]);
  } finally {
    await deps.kafka.close();
    await client.connection.close();
  }
}, 300_000);

describe("a search over two archive hosts", () => {
  let scenario: Scenario;

  beforeAll(async () => {
    // A chaos that ended by a timeout may have left one, whose configuration knows one archive host only.
    await endWorkers();
    await openHdfs();
    // A day after the chaos: the calendar only goes forward.
    [scenario] = (await prepare(1, [1])) as [Scenario];
    mkdirSync(SECOND.dir, { recursive: true });
    const log = join(ARCHIVE_DIR, "all-events.log");
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    const moved = lines.filter(
      (line, i) => i % 2 === 0 && line.includes(`"${scenario.schema}"`),
    );
    appendFileSync(join(SECOND.dir, "all-events.log"), `${moved.join("\n")}\n`);
    writeFileSync(
      log,
      `${lines.filter((line) => !moved.includes(line)).join("\n")}\n`,
    );
    const direct = loadConfig(CONFIG_FILE);
    /** No proxies, and a search that always asks the second host and always joins on Spark. */
    const overTwoHosts = (
      c: Parameters<NonNullable<Parameters<typeof writeChaosConfig>[1]>>[0],
    ) => {
      // Of each service a first address at which nobody is.
      c.hdfs = {
        ...direct.hdfs,
        webhdfs: [`http://${NOBODY}`, ...[direct.hdfs.webhdfs].flat()],
      };
      c.yarn = {
        ...direct.yarn,
        resourceManager: [
          `http://${NOBODY}`,
          ...[direct.yarn.resourceManager].flat(),
        ],
      };
      c.hive = { metastore: [NOBODY, ...[direct.hive!.metastore].flat()] };
      c.search = {
        ...direct.search,
        otherHosts: [SECOND.host],
        sparkFromLines: 0,
      };
      // One partition is read here, field by field, and Spark counts the others.
      c.verify = { ...direct.verify, deepPartitions: 1, sparkFromRows: 0 };
    };
    writeChaosConfig(CHAOS_CONFIG, overTwoHosts);
    writeChaosConfig(SECOND_CONFIG, (c) => {
      overTwoHosts(c);
      c.search = { ...c.search, otherHosts: [c.archive!.host] };
      c.archive = {
        ...c.archive!,
        host: SECOND.host,
        files: [join(SECOND.dir, "*")],
      };
    });
  }, 300_000);

  test("a saga collects from both, joins and counts on Spark and repairs what neither host had alone", async () => {
    await startWorker("worker", { SISYPHUS_CONFIG: CHAOS_CONFIG });
    await startWorker("worker-1003", { SISYPHUS_CONFIG: SECOND_CONFIG }, [
      "--role",
      "archive",
    ]);
    const client = await connectClient();
    const judge = new Judge();
    try {
      const before = await judge.state([scenario]);
      const id = "backfill/two-hosts";
      const result = (await client.workflow.execute("backfill", {
        workflowId: id,
        taskQueue: "control",
        args: [
          {
            since: scenario.hours.outdated,
            until: addHours(scenario.hours.stuck, 1),
            topics: [scenario.topic],
            asOf: scenario.asOf,
            autoApprove: true,
          },
        ],
      })) as BackfillResult;
      expect(
        await judge.wrongs(
          scenario,
          [scenario],
          before,
          await nameOfSaga(client, id),
          { result },
        ),
      ).toEqual([]);
      // Compressed TFiles: every planned partition is accounted for by the logs themselves.
      expect(result).toMatchObject({
        numbers: {
          refine: {
            logs: { outcomes: [{ outcome: "finished", planned: 3 }] },
          },
        },
      });
      expect(result).not.toHaveProperty("numbers.refine.logsUnread");
      const deps = createDependencies(loadConfig(CHAOS_CONFIG), client);
      const missing = (await deps.storage.read(
        sagaPlaces(await nameOfSaga(client, id)).missing,
      ))!;
      expect(missing.joinedBy).toBe("Spark");
      // One partition is of the sample, which is read here.
      expect(result).toMatchObject({
        numbers: { verified: { onSpark: { topicHours: 2 } } },
      });
      expect(
        missing.files.map((f) => f.slice(SANDBOX_DIR.length)).sort(),
      ).toEqual([
        "/eventlog1002/all-events.log",
        "/eventlog1003/all-events.log",
      ]);
      await deps.kafka.close();
    } finally {
      await judge.close();
      await client.connection.close();
      await endWorkers();
    }
  }, 400_000);

  test("worker and Spark give the same answer on the same input, spilled or not", async () => {
    const client = await connectClient();
    const answers: Missing[] = [];
    const config = loadConfig(CHAOS_CONFIG);
    const searched = {
      topics: [
        { topic: scenario.topic, schema: scenario.schema, lostOffsets: 99 },
      ],
      range: {
        since: scenario.hours.outdated,
        until: addHours(scenario.hours.stuck, 1),
      },
    };
    for (const [name, sparkFromLines] of [
      ["spark", 0],
      ["worker", 1e9],
    ] as const) {
      const deps = createDependencies(
        { ...config, search: { ...config.search, sparkFromLines } },
        client,
      );
      const env = new MockActivityEnvironment({
        workflowExecution: {
          workflowId: `backfill/answer-${name}`,
          runId: "r",
        },
      });
      const collect = createCollectActivities(deps);
      // Nothing is said to be held, so that what was replayed above is missing once more.
      const archive = (await env.run(collect.collectArchive, searched)) as {
        ref: string;
      };
      const mysql = (await env.run(collect.collectMysql, searched)) as {
        ref: string;
      };
      const held = await deps.storage.write(
        sagaPlaces(`backfill/answer-${name}`).collected(
          "held",
          undefined,
          "none",
        ),
        { refs: [], lines: 0, files: [], unreadable: [] },
      );
      const join = createActivities(deps).joinMissing;
      answers.push(
        (await env.run(join, {
          ...searched,
          held,
          sources: [archive.ref, mysql.ref],
        })) as Missing,
      );
      await deps.kafka.close();
    }
    await client.connection.close();
    const [spark, worker] = answers;
    expect([spark!.joinedBy, worker!.joinedBy]).toEqual(["Spark", "worker"]);
    const withoutRefs = (m: Missing) =>
      m.topics.map(({ ref: _, ...rest }) => rest);
    // What is left has a digest of the events themselves, in their order.
    expect(withoutRefs(spark!)).toEqual(withoutRefs(worker!));
    const all = new Set(
      Object.values(scenario.hours).flatMap((h) =>
        eventsIn(scenario, h).map((e) => e.uuid),
      ),
    );
    expect(spark!.topics[0]!.events).toBeGreaterThan(0);
    expect(spark!.topics[0]!.events).toBeLessThan(all.size);
  }, 200_000);
});

test("columns of a real MariaDB give the values that the schema's events have", async () => {
  const uuid = (digit: string) => digit.repeat(32);
  const connection = await createConnection({
    host: "127.0.0.1",
    port: ports().mariadb,
    user: "root",
  });
  // The session that wrote a TIMESTAMP, and the one that reads it, need not have the same zone.
  for (const sql of [
    "SET SESSION time_zone = '-07:00'",
    "CREATE DATABASE IF NOT EXISTS log CHARACTER SET utf8mb4",
    `CREATE TABLE log.ColumnTypes_7 (
      id BIGINT AUTO_INCREMENT PRIMARY KEY, uuid BINARY(32), \`timestamp\` DATETIME, wiki VARCHAR(255),
      event_isAnon BOOL, event_pages VARCHAR(1024), event_text VARCHAR(1024), event_userId BIGINT,
      event_at DATETIME, event_seen TIMESTAMP NULL, event_page_id BIGINT, event_json JSON)`,
    `INSERT INTO log.ColumnTypes_7 VALUES
      (1, '${uuid("a")}', '2018-07-04 10:00:00', 'enwiki', TRUE, '[1, 2]', '[1, 2]', 9007199254740993,
       '2018-07-04 10:00:00', '2018-07-04 03:00:00', 5, '{"n": 9007199254740993}'),
      (2, NULL, '2018-07-04 10:00:00', 'enwiki', TRUE, NULL, NULL, 1, NULL, NULL, 1, NULL),
      (3, '${uuid("c")}', NULL, 'enwiki', TRUE, NULL, NULL, 1, NULL, NULL, 1, NULL)`,
  ])
    await connection.query(sql);
  await connection.end();
  const shown = {
    dt: "2018-07-01T00:00:00Z",
    event: {
      isAnon: false,
      pages: [],
      text: "",
      userId: 1,
      at: "",
      seen: "",
      page: { id: 1 },
      json: {},
    },
    revision: 7,
    schema: "ColumnTypes",
    uuid: uuid("f"),
    wiki: "enwiki",
  };
  const log = join(SANDBOX_DIR, "column-types.log");
  writeFileSync(log, `${JSON.stringify(shown)}\n`);
  const client = await connectClient();
  const config = loadConfig(CONFIG_FILE);
  const deps = createDependencies(
    { ...config, archive: { ...config.archive!, files: [log] } },
    client,
  );
  try {
    const env = new MockActivityEnvironment({
      workflowExecution: { workflowId: "backfill/column-types", runId: "r" },
    });
    const { ref } = (await env.run(createCollectActivities(deps).collectMysql, {
      topics: [{ topic: "eventlogging_ColumnTypes", schema: "ColumnTypes" }],
      range: { since: "2018-07-04T10", until: "2018-07-04T11" },
    })) as { ref: string };
    const { refs, mysqlRows } = await deps.storage.readRef<Collected>(ref);
    const [text] = await Promise.all(
      refs.map((r) => deps.storage.readRefText(r)),
    );
    expect(parseCandidate(text!.trimEnd()).json).toBe(
      '{"wiki":"enwiki","event":{"isAnon":true,"pages":[1,2],"text":"[1, 2]","userId":9007199254740993,' +
        '"at":"2018-07-04T10:00:00Z","seen":"2018-07-04T10:00:00Z","page":{"id":5},' +
        `"json":{"n":9007199254740993}},"schema":"ColumnTypes","revision":7,"dt":"2018-07-04T10:00:00Z","uuid":"${uuid("a")}"}`,
    );
    // The second row has no uuid, the third no time.
    expect(mysqlRows).toMatchObject({ unused: 2, doubtful: 0 });
  } finally {
    await deps.kafka.close();
    await client.connection.close();
  }
}, 120_000);
