import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLOCK_FILE } from "../clock";
import { CONF_DIR } from "../hadoop-conf";
import { brokerClasspath, heap, LEAN } from "../java";
import { SANDBOX_DIR } from "../paths";
import type { Ports } from "../ports";
import { launch } from "../processes";
import type { Tools } from "../tools";
import { portAnswers } from "../wait";
import type { Service } from "./service";

const DATA = join(SANDBOX_DIR, "kafka");
const PROPERTIES = join(CONF_DIR, "server.properties");
/** The broker's id, under which `kafkajs` changes its settings; the incident's config change needs it. */
export const BROKER_ID = 1001;

/** What a broker of the sandbox does with messages, whoever may send and read them. */
export const BROKER_SETTINGS = [
  "process.roles=broker,controller",
  `node.id=${BROKER_ID}`,
  "controller.listener.names=CONTROLLER",
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
];

/** Kafka's own broker, on a clock that the sandbox moves. */
export const SIMULATED_BROKER = "org.sisyphus.sandbox.broker.SimulatedBroker";

const properties = (p: Ports) => [
  ...BROKER_SETTINGS,
  `controller.quorum.voters=${BROKER_ID}@127.0.0.1:${p.controller}`,
  `listeners=PLAINTEXT://127.0.0.1:${p.kafka},CONTROLLER://127.0.0.1:${p.controller}`,
  `advertised.listeners=PLAINTEXT://127.0.0.1:${p.kafka}`,
  `log.dirs=${DATA}`,
];

/** Gives the data folder the identity without which a broker does not start. */
function format(tools: Tools): void {
  execFileSync(
    "java",
    [
      ...LEAN,
      "-cp",
      `${tools.broker}/*:${tools.broker}/lib/*`,
      "kafka.tools.StorageTool",
      "format",
      "-t",
      "U2lzeXBodXNTYW5kYm94MQ",
      "-c",
      PROPERTIES,
    ],
    { stdio: "ignore" },
  );
}

export const kafka: Service = {
  name: "kafka",
  title: "Kafka broker",
  port: "kafka",
  also: ["controller"],
  start: (p, tools) => {
    mkdirSync(DATA, { recursive: true });
    writeFileSync(PROPERTIES, properties(p).join("\n"));
    if (!existsSync(join(DATA, "meta.properties"))) format(tools);
    launch("kafka", "java", [
      heap(384),
      ...LEAN,
      "-cp",
      brokerClasspath(tools),
      SIMULATED_BROKER,
      PROPERTIES,
      CLOCK_FILE,
    ]);
  },
  ready: (p) => portAnswers(p.kafka),
};
