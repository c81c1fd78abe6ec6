import { int32, text, writeSequenceFile } from "../hadoop/sequence-file-writer";
import { grouped } from "../../lib/grouped";
import { type GobblinState, WRITTEN_BY } from "./dataset-state";
import type { GobblinRange } from "./task-properties";

/** Where a job goes on in one partition. */
export type StandingPartition = { topic: string } & Pick<
  GobblinRange,
  "partition" | "leader"
> & {
    /** The next offset; a decimal string. */
    offset: string;
  };

/**
 * A state as a run leaves it that has read nothing: one task a topic, whose partitions were asked for and had nothing new. Gobblin takes from it
 * where it goes on (KafkaSource.getAllPreviousOffsetState, 0.11 and since: topic, partitions with their leaders, the actual watermark), and nothing
 * else. The bytes are those of `JobState.DatasetState.write`.
 * @param state.jobId `job_<job>_<ms>`
 * @param state.time epoch ms
 * @param state.writtenBy what is to be told of it
 * @param state.stored the class and the key of the series that it goes on
 */
export function writeStandingState(
  standing: StandingPartition[],
  {
    jobName,
    jobId,
    time,
    writtenBy,
    stored,
  }: Pick<GobblinState, "jobName" | "jobId" | "stored"> & {
    time: number;
    writtenBy: string;
  },
): Buffer {
  const topics = [...grouped(standing, ({ topic }) => topic)];
  const value = Buffer.concat([
    text(jobName),
    text(jobId),
    instants(time),
    text("COMMITTED"),
    int32(topics.length),
    int32(topics.length),
    ...topics.map(([topic, partitions], i) =>
      taskBytes(topic, partitions, { jobId, number: i, time }),
    ),
    // Units of work that no task took on.
    int32(0),
    properties({ "job.failures": "0", [WRITTEN_BY]: writtenBy }),
  ]);
  return writeSequenceFile({
    keyClass: "org.apache.hadoop.io.Text",
    valueClass: stored.valueClass,
    records: [{ key: stored.key, value }],
  });
}

function taskBytes(
  topic: string,
  partitions: StandingPartition[],
  { jobId, number, time }: { jobId: string; number: number; time: number },
): Buffer {
  const offsets = `{"values":[${partitions.map(({ offset }) => offset).join(",")}]}`;
  const unit = {
    "topic.name": topic,
    "extract.table.name": topic,
    "watermark.interval.value": `{"low.watermark.to.json":${offsets},"expected.watermark.to.json":${offsets}}`,
    ...Object.fromEntries(
      partitions.flatMap(({ partition, leader }, i) => [
        [`partition.id.${i}`, String(partition)],
        // Who leads now is asked of Kafka before anything is read.
        [`leader.id.${i}`, leader?.id ?? "-1"],
        [`leader.hostandport.${i}`, leader?.hostAndPort ?? "unknown:1"],
      ]),
    ),
  };
  return Buffer.concat([
    text(jobId),
    text(`${jobId.replace(/^job_/, "task_")}_${number}`),
    instants(time),
    properties(unit),
    // The extract.
    properties({}),
    properties({
      "workunit.state.actual.high.water.mark": offsets,
      "workunit.working.state": "COMMITTED",
    }),
  ]);
}

/** Start, end and duration. */
function instants(time: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeBigInt64BE(BigInt(time), 0);
  bytes.writeBigInt64BE(BigInt(time), 8);
  return bytes;
}

const properties = (all: Record<string, string>): Buffer =>
  Buffer.concat([
    int32(Object.keys(all).length),
    ...Object.entries(all).flatMap(([key, value]) => [text(key), text(value)]),
  ]);
