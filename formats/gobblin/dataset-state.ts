import { EndOfBytes, FormatError, named } from "../format-error";
import { ByteReader } from "../hadoop/bytes";
import { readSequenceFile } from "../hadoop/sequence-file";
import {
  type GobblinTask,
  isUsed,
  type Properties,
  taskOf,
} from "./task-properties";

/** What a run of a Gobblin job left behind of itself. Everything else that its file holds stays there: see {@link taskOf}. */
export type GobblinState = {
  jobName: string;
  jobId: string;
  /** Those that read Kafka; a job can have others. */
  tasks: GobblinTask[];
  /** What Sisyphus says of a state that it has written itself (formats/gobblin/standing-state.ts). */
  writtenBy?: string;
  /** What a state of the same series has to be of and under: the value's class, and the key, which is the dataset. */
  stored: { valueClass: string; key: Buffer };
};

/** The property of a state by which Sisyphus tells that it has written it. */
export const WRITTEN_BY = "sisyphus.written.by";

const KEY = "org.apache.hadoop.io.Text";
/** Gobblin has moved to Apache since, and very old versions stored a job without datasets. The bytes are the same. */
const VALUES = ["gobblin", "org.apache.gobblin"].flatMap((owner) =>
  ["JobState$DatasetState", "JobState"].map(
    (name) => `${owner}.runtime.${name}`,
  ),
);

/**
 * Reads a file of Gobblin's state store (org.apache.gobblin.runtime.FsDatasetStateStore): `current.jst`, or that of one run.
 * @param path how messages call the file
 * @throws FormatError that names the file and the place, where it is none of these, or cut off. It repeats none of the file's values:
 *   the job's whole configuration is among them
 */
export function readGobblinState(path: string, bytes: Buffer): GobblinState[] {
  let place = "its header";
  try {
    const file = readSequenceFile(bytes);
    if (file.keyClass !== KEY || !VALUES.includes(file.valueClass))
      throw new FormatError(
        `a SequenceFile of ${named(file.keyClass)} -> ${named(file.valueClass)}, wanted ${KEY} -> ${VALUES.join(" or ")}`,
      );
    place = "its first block";
    const states: GobblinState[] = [];
    const { valueClass } = file;
    for (const { key, value } of file.records) {
      const state = stateIn(value, (next) => (place = next));
      states.push({ ...state, stored: { valueClass, key } });
      place = "its next block";
    }
    // A file is made empty and then filled: one of a header alone is not whole yet.
    if (states.length === 0)
      throw new EndOfBytes("it has no state: it is cut off, or being written");
    return states;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(`${path}: in ${place}: ${error.message}`);
  }
}

function stateIn(
  value: Buffer,
  isAt: (place: string) => unknown,
): Omit<GobblinState, "stored"> {
  isAt("its job");
  const reader = new ByteReader(value);
  const jobName = reader.text();
  const jobId = reader.text();
  skipTimes(reader);
  skipText(reader); // the job's state, which claims success where tasks failed
  reader.int32(); // the number of tasks, of which skipped ones are not counted
  const tasks: GobblinTask[] = [];
  const count = countIn(reader, "tasks");
  for (let i = 0; i < count; i++) {
    isAt(`its task ${i + 1} of ${count}`);
    skipText(reader); // the job's id
    const id = reader.text();
    skipTimes(reader);
    const { unit, own } = unitIn(reader);
    const task = taskOf(id, unit, own);
    if (task) tasks.push(task);
  }
  isAt("what follows its tasks");
  for (let left = countIn(reader, "units of work"); left > 0; left--)
    unitIn(reader);
  const writtenBy = propertiesIn(reader, (key) => key === WRITTEN_BY).get(
    WRITTEN_BY,
  );
  if (reader.left > 0)
    throw new FormatError(
      `${reader.left} bytes follow the state at ${reader.position}`,
    );
  return {
    jobName,
    jobId,
    tasks,
    ...(writtenBy === undefined ? {} : { writtenBy }),
  };
}

/** A WorkUnitState: the unit of work, the extract (nothing of it is used), and what the task has found itself. */
function unitIn(reader: ByteReader): { unit: Properties; own: Properties } {
  const unit = propertiesIn(reader);
  propertiesIn(reader);
  return { unit, own: propertiesIn(reader) };
}

/** A State: properties in no order. Those that nobody uses are passed over, and never become text. */
function propertiesIn(
  reader: ByteReader,
  isWanted: (key: string) => boolean = isUsed,
): Properties {
  const found = new Map<string, string>();
  for (let left = countIn(reader, "properties"); left > 0; left--) {
    const key = reader.text();
    const value = reader.take(reader.vint());
    if (isWanted(key)) found.set(key, value.toString("utf8"));
  }
  return found;
}

/** Start, end and duration. */
const skipTimes = (reader: ByteReader): void =>
  void [reader.int64(), reader.int64(), reader.int64()];

const skipText = (reader: ByteReader): void => void reader.take(reader.vint());

/** @throws FormatError where there are fewer bytes than things: each takes one at least */
function countIn(reader: ByteReader, of: string): number {
  const count = reader.int32();
  if (count < 0 || count > reader.left)
    throw new FormatError(
      `${count} ${of} cannot be at ${reader.position - 4}, ${reader.left} bytes left`,
    );
  return count;
}
