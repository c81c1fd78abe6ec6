import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SEARCH_ATTRIBUTES } from "../../temporal-config/search-attributes";
import { CLOCK_FILE } from "./clock";
import { CONF_DIR } from "./hadoop-conf";
import { SANDBOX_DIR } from "./paths";
import type { PortName, Ports } from "./ports";
import { launch } from "./processes";
import { portAnswers } from "./wait";

/** Where set-up put things. */
export type Tools = {
  temporal: string;
  broker: string;
  camus: string;
  refine: string;
  findMissing: string;
  mariadb: string;
  mmdb: string;
};

export type Service = {
  name: string;
  title: string;
  port: PortName;
  /** Other ports it listens on, checked for clashes. */
  also?: PortName[];
  start: (p: Ports, tools: Tools) => void;
  ready: (p: Ports) => Promise<boolean>;
  link?: (p: Ports) => string;
};

/** The account that owns all HDFS data and YARN applications of the sandbox. */
export const HADOOP_USER = "hdfs";
export const NAMESPACE = "sisyphus";

const OPENS = ["java.lang", "java.util", "java.nio", "java.net"].flatMap(
  (name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`],
);
const LEAN = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...OPENS];

export const hadoopClasspath = (tools: Tools) =>
  `${CONF_DIR}:${tools.camus}/*:${tools.camus}/lib/*`;

/** Heaps fit an incident of some thousand events; `SISYPHUS_HEAP_FACTOR` makes them fit a benchmark's fleet. */
const heap = (mb: number) =>
  `-Xmx${mb * Number(process.env["SISYPHUS_HEAP_FACTOR"] ?? 1)}m`;

const hadoopEnv = {
  HADOOP_USER_NAME: HADOOP_USER,
  HADOOP_CONF_DIR: CONF_DIR,
};

function hadoopDaemon(
  name: string,
  mainClass: string,
  heapMb: number,
  tools: Tools,
): void {
  launch(
    name,
    "java",
    [heap(heapMb), ...LEAN, "-cp", hadoopClasspath(tools), mainClass],
    { env: hadoopEnv },
  );
}

async function answersJson(
  url: string,
  holds: (body: never) => boolean,
): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
  return response.ok && holds((await response.json()) as never);
}

function startKafka(p: Ports, tools: Tools): void {
  const dir = join(SANDBOX_DIR, "kafka");
  mkdirSync(dir, { recursive: true });
  const file = join(SANDBOX_DIR, "conf", "server.properties");
  writeFileSync(
    file,
    [
      "process.roles=broker,controller",
      "node.id=1001",
      `controller.quorum.voters=1001@127.0.0.1:${p.controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${p.kafka},CONTROLLER://127.0.0.1:${p.controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${p.kafka}`,
      "controller.listener.names=CONTROLLER",
      `log.dirs=${dir}`,
      "num.partitions=1",
      "auto.create.topics.enable=false",
      "offsets.topic.replication.factor=1",
      "offsets.topic.num.partitions=1",
      "transaction.state.log.replication.factor=1",
      "transaction.state.log.min.isr=1",
      "transaction.state.log.num.partitions=1",
      "group.initial.rebalance.delay.ms=0",
      "log.message.timestamp.type=LogAppendTime",
      "log.retention.hours=168",
      // Checked often, so that the sandbox need not wait five minutes for what the broker would do anyway.
      "log.retention.check.interval.ms=1000",
      "log.initial.task.delay.ms=1000",
      "log.segment.delete.delay.ms=1000",
      "log.cleaner.enable=false",
      // What was deleted stays deleted when the broker is killed a minute later.
      "log.flush.start.offset.checkpoint.interval.ms=1000",
      "num.io.threads=2",
      "num.network.threads=2",
    ].join("\n"),
  );
  const classpath = `${tools.broker}/*:${tools.broker}/lib/*`;
  if (!existsSync(join(dir, "meta.properties"))) {
    execFileSync(
      "java",
      [
        ...LEAN,
        "-cp",
        classpath,
        "kafka.tools.StorageTool",
        "format",
        "-t",
        "U2lzeXBodXNTYW5kYm94MQ",
        "-c",
        file,
      ],
      { stdio: "ignore" },
    );
  }
  launch("kafka", "java", [
    heap(384),
    ...LEAN,
    "-cp",
    `${CONF_DIR}:${classpath}`,
    "org.sisyphus.sandbox.broker.SimulatedBroker",
    file,
    CLOCK_FILE,
  ]);
}

function startNameNode(_: Ports, tools: Tools): void {
  if (!existsSync(join(SANDBOX_DIR, "hdfs", "name", "current", "VERSION"))) {
    execFileSync(
      "java",
      [
        ...LEAN,
        "-cp",
        hadoopClasspath(tools),
        "org.apache.hadoop.hdfs.server.namenode.NameNode",
        "-format",
        "-nonInteractive",
      ],
      { stdio: "ignore", env: { ...process.env, ...hadoopEnv } },
    );
  }
  hadoopDaemon(
    "namenode",
    "org.apache.hadoop.hdfs.server.namenode.NameNode",
    192,
    tools,
  );
}

function startMariaDb(p: Ports, tools: Tools): void {
  const data = join(SANDBOX_DIR, "mariadb");
  if (!existsSync(join(data, "mysql"))) {
    execFileSync(
      join(tools.mariadb, "scripts", "mariadb-install-db"),
      [
        "--no-defaults",
        `--basedir=${tools.mariadb}`,
        `--datadir=${data}`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ],
      { stdio: "ignore" },
    );
  }
  launch("mariadb", join(tools.mariadb, "bin", "mariadbd"), [
    "--no-defaults",
    `--basedir=${tools.mariadb}`,
    `--datadir=${data}`,
    "--bind-address=127.0.0.1",
    `--port=${p.mariadb}`,
    // A socket's path may be 107 bytes long, a checkout's may be longer.
    `--socket=/tmp/sisyphus-${p.mariadb}.sock`,
    "--skip-networking=0",
    "--innodb-buffer-pool-size=32M",
    "--performance-schema=OFF",
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
  ]);
}

/** Every service of the sandbox, in the order in which they are started. */
export const SERVICES: Service[] = [
  {
    name: "temporal",
    title: "Temporal server",
    port: "temporal",
    also: ["temporalUi", "temporalMetrics"],
    start: (p, tools) =>
      launch("temporal", tools.temporal, [
        "server",
        "start-dev",
        "--ip=127.0.0.1",
        "--ui-ip=127.0.0.1",
        `--port=${p.temporal}`,
        `--ui-port=${p.temporalUi}`,
        `--metrics-port=${p.temporalMetrics}`,
        `--db-filename=${join(SANDBOX_DIR, "temporal.db")}`,
        `--namespace=${NAMESPACE}`,
        "--log-level=warn",
        ...Object.entries(SEARCH_ATTRIBUTES).map(
          ([name, type]) => `--search-attribute=${name}=${type}`,
        ),
      ]),
    ready: async (p) =>
      (await portAnswers(p.temporal)) && (await portAnswers(p.temporalUi)),
    link: (p) =>
      `http://127.0.0.1:${p.temporalUi}/namespaces/${NAMESPACE}/workflows`,
  },
  {
    name: "namenode",
    title: "HDFS NameNode",
    port: "nameNodeHttp",
    also: ["nameNode"],
    start: startNameNode,
    ready: (p) =>
      answersJson(
        `http://127.0.0.1:${p.nameNodeHttp}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`,
        (body: { beans: { FSState: string; NumLiveDataNodes: number }[] }) =>
          body.beans[0]?.FSState === "Operational" &&
          body.beans[0].NumLiveDataNodes > 0,
      ),
    link: (p) => `http://127.0.0.1:${p.nameNodeHttp}/`,
  },
  {
    name: "datanode",
    title: "HDFS DataNode",
    port: "dataNodeHttp",
    also: ["dataNode", "dataNodeIpc"],
    start: (_, tools) =>
      hadoopDaemon(
        "datanode",
        "org.apache.hadoop.hdfs.server.datanode.DataNode",
        160,
        tools,
      ),
    ready: (p) => portAnswers(p.dataNodeHttp),
  },
  {
    name: "kafka",
    title: "Kafka broker",
    port: "kafka",
    also: ["controller"],
    start: startKafka,
    ready: (p) => portAnswers(p.kafka),
  },
  {
    name: "metastore",
    title: "Hive metastore",
    port: "metastore",
    start: (p, tools) => {
      mkdirSync(join(SANDBOX_DIR, "metastore"), { recursive: true });
      launch(
        "metastore",
        "java",
        [
          heap(256),
          ...LEAN,
          `-Dderby.system.home=${join(SANDBOX_DIR, "metastore")}`,
          // The server itself must open the database, not call another metastore.
          "-Dhive.metastore.uris=",
          "-cp",
          `${CONF_DIR}:${tools.refine}/*:${tools.refine}/lib/*`,
          "org.sisyphus.sandbox.Metastore",
          String(p.metastore),
        ],
        { env: hadoopEnv },
      );
    },
    ready: (p) => portAnswers(p.metastore),
  },
  {
    name: "resourcemanager",
    title: "YARN ResourceManager",
    port: "resourceManagerWeb",
    also: [
      "resourceManager",
      "scheduler",
      "resourceTracker",
      "resourceManagerAdmin",
    ],
    start: (_, tools) =>
      hadoopDaemon(
        "resourcemanager",
        "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager",
        256,
        tools,
      ),
    ready: (p) =>
      answersJson(
        `http://127.0.0.1:${p.resourceManagerWeb}/ws/v1/cluster/metrics`,
        (body: { clusterMetrics: { activeNodes: number } }) =>
          body.clusterMetrics.activeNodes > 0,
      ),
    link: (p) => `http://127.0.0.1:${p.resourceManagerWeb}/cluster`,
  },
  {
    name: "nodemanager",
    title: "YARN NodeManager",
    port: "nodeManagerWeb",
    also: ["nodeManager", "localizer"],
    start: (_, tools) =>
      hadoopDaemon(
        "nodemanager",
        "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
        192,
        tools,
      ),
    ready: (p) => portAnswers(p.nodeManagerWeb),
  },
  {
    name: "mariadb",
    title: "MariaDB",
    port: "mariadb",
    start: startMariaDb,
    ready: (p) => portAnswers(p.mariadb),
  },
];
