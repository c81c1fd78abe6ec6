import { deflateSync } from "node:zlib";
import { int, long, SYNC, text } from "../hadoop/writables";

type Properties = Record<string, string>;

/** Hadoop's Text of any length. */
const longText = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  if (bytes.length < 128) return text(value);
  return Buffer.concat([
    Buffer.from([0x8d]),
    int(bytes.length).subarray(1),
    bytes,
  ]);
};

const state = (properties: Properties): Buffer =>
  Buffer.concat([
    int(Object.keys(properties).length),
    ...Object.entries(properties).flatMap(([key, value]) => [
      longText(key),
      longText(value),
    ]),
  ]);

const times = Buffer.concat([long(1n), long(2n), long(1n)]);

/** A task as its class writes it. */
export type TaskBytes = { id: string; unit: Properties; own: Properties };

/** A DatasetState as its class writes it. */
export const stateBytes = (jobId: string, tasks: TaskBytes[]): Buffer =>
  Buffer.concat([
    text(jobId.replace(/^job_|_\d+$/g, "")),
    text(jobId),
    times,
    text("COMMITTED"),
    int(tasks.length),
    int(tasks.length),
    ...tasks.flatMap(({ id, unit, own }) => [
      text(jobId),
      text(id),
      times,
      state(unit),
      state({}),
      state(own),
    ]),
    int(0),
    state({ "job.failures": "0", "dataset.urn": "" }),
  ]);

/** The same in a SequenceFile, compressed by record. */
export function stateFile(
  jobId: string,
  tasks: TaskBytes[],
  {
    valueClass = "org.apache.gobblin.runtime.JobState$DatasetState",
    value = stateBytes(jobId, tasks),
  } = {},
): Buffer {
  const stored = deflateSync(value);
  return Buffer.concat([
    Buffer.from("SEQ\x06"),
    text("org.apache.hadoop.io.Text"),
    text(valueClass),
    Buffer.from([1, 0]),
    text("org.apache.hadoop.io.compress.DefaultCodec"),
    int(0),
    SYNC,
    int(1 + stored.length),
    int(1),
    text(""),
    stored,
  ]);
}

/** A task of one partition. */
export const taskBytes = (
  id: string,
  topic: string,
  partition: number,
  low: string,
  actual: string,
  {
    unit = {},
    own = {},
    expected = actual,
  }: { unit?: Properties; own?: Properties; expected?: string } = {},
): TaskBytes => ({
  id,
  unit: {
    "topic.name": topic,
    "partition.id": String(partition),
    "watermark.interval.value": `{"low.watermark.to.json":{"values":[${low}]},"expected.watermark.to.json":{"values":[${expected}]}}`,
    ...unit,
  },
  own: {
    "workunit.state.actual.high.water.mark": `{"values":[${actual}]}`,
    ...own,
  },
});
