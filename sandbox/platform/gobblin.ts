import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../../lib/shell";
import { CLOCK_FILE } from "./clock";
import { CONF_DIR } from "./hadoop-conf";
import { SANDBOX_DIR } from "./paths";
import type { Ports } from "./ports";
import type { Tools } from "./tools";

/** The sandbox's second importer: Apache Gobblin as Wikimedia runs it, for topics of the event platform. */
export const GOBBLIN_JOB = "events";
/** Gobblin's `state.store.dir`. */
export const GOBBLIN_STORE = "/wmf/gobblin/state_store";
/** Below it a folder for each topic, and in that one for each hour. */
export const GOBBLIN_RAW = "/wmf/data/raw/event";
export const GOBBLIN_LOG = join(SANDBOX_DIR, "logs", "gobblin.log");

const PROPERTIES = join(CONF_DIR, "gobblin.events.properties");
const WORK = "/wmf/gobblin/working";

const properties = (p: Ports) => {
  const hdfs = `hdfs://127.0.0.1:${p.nameNode}`;
  return {
    "job.name": GOBBLIN_JOB,
    "job.group": "sandbox",
    "job.lock.enabled": "false",
    "launcher.type": "LOCAL",
    "metrics.enabled": "false",
    "sandbox.clock.file": CLOCK_FILE,
    "source.class": "gobblin.source.extractor.extract.kafka.KafkaSimpleSource",
    "gobblin.kafka.consumerClient.class":
      "org.sisyphus.sandbox.gobblin.KafkaClient$Factory",
    "kafka.brokers": `127.0.0.1:${p.kafka}`,
    "topic.whitelist": "(?:eqiad|codfw)\\..+",
    "bootstrap.with.offset": "earliest",
    // As it is where nobody has thought of it: what is gone is passed over in silence.
    "reset.on.offset.out.of.range": "nearest",
    "mr.job.max.mappers": "4",
    "writer.builder.class": "gobblin.writer.SimpleDataWriterBuilder",
    "writer.partitioner.class":
      "org.sisyphus.sandbox.gobblin.EventTimePartitioner",
    "writer.partition.pattern": "'year='yyyy/'month='MM/'day='dd/'hour='HH",
    "writer.partition.timezone": "UTC",
    "writer.file.path.type": "tablename",
    "writer.destination.type": "HDFS",
    "writer.output.format": "txt",
    "writer.codec.type": "gzip",
    "writer.include.record.count.in.file.names": "true",
    "simple.writer.delimiter": "\n",
    "data.publisher.type": "gobblin.publisher.TimePartitionedDataPublisher",
    "data.publisher.final.dir": GOBBLIN_RAW,
    "job.commit.policy": "successful",
    "task.maxretries": "0",
    "task.retry.intervalinsec": "1",
    "taskexecutor.threadpool.size": "2",
    "state.store.dir": GOBBLIN_STORE,
    "writer.staging.dir": `${WORK}/staging`,
    "writer.output.dir": `${WORK}/output`,
    "qualitychecker.row.err.file": `${WORK}/err`,
    "task.data.root.dir": `${WORK}/data`,
    "fs.uri": hdfs,
    "writer.fs.uri": hdfs,
    "state.store.fs.uri": hdfs,
  };
};

/** As java.util.Properties reads them. */
const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** Writes the job's file. @returns the command of one run, to which `-Dname=value` may be appended */
export function gobblinCommand(p: Ports, tools: Tools, flags: string): string {
  writeFileSync(
    PROPERTIES,
    Object.entries(properties(p))
      .map(([name, value]) => `${name}=${escaped(value)}`)
      .join("\n"),
  );
  const classpath = `${CONF_DIR}:${tools.gobblin}/*:${tools.gobblin}/lib/*`;
  const opens = ["java.lang", "java.util"]
    .map((name) => `--add-opens java.base/${name}=ALL-UNNAMED`)
    .join(" ");
  return `exec java -Xmx256m ${flags} ${opens} -cp ${quoted(classpath)} org.sisyphus.sandbox.gobblin.Job ${quoted(PROPERTIES)} "$@" >> ${quoted(GOBBLIN_LOG)} 2>&1`;
}
