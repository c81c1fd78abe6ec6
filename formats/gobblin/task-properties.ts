import { FormatError, named } from "../format-error";

/** A partition in a task's unit of work. Offsets are decimal strings, as they exceed 2^53. */
export type GobblinRange = {
  partition: number;
  /** Where the task began. */
  low: string;
  /** Up to where it was to read: Kafka's end when the run was planned. */
  expected: string;
  /** Where the next run begins; the same as `low` where the position did not move on. */
  actual: string;
  /** What the run before it had stored, where the version tells and something was stored. */
  previous?: string;
  /** The broker that led the partition then: Gobblin asks for it as it reads where the run had ended. */
  leader?: { id: string; hostAndPort: string };
};

/** A task of a run: what it was to read, what became of it, and nothing else of its properties. */
export type GobblinTask = {
  /** `task_<job>_<ms>_<n>`. */
  id: string;
  topic: string;
  ranges: GobblinRange[];
  /** Whether a fork of it failed; the task and the job may call themselves committed all the same. */
  hasFailed: boolean;
  /** The class of the exception that ended it, or kept its files from being published. */
  failure?: string;
  /** Records that it wrote, in its own words. */
  written?: number;
  /** Records that it could not decode. */
  undecodable: number;
  /** The hours into which it wrote, in the zone in which directories are named: `2026-03-07T06`. */
  hours: string[];
};

const TOPIC = "topic.name";
const INTERVAL = "watermark.interval.value";
const ACTUAL = "workunit.state.actual.high.water.mark";
const FAILURE = "task.failure.exception";
const WRITTEN = "writer.records.written";
const UNDECODABLE = "error.message.undecodable.count";
const PARTITION = "partition.id";
const PREVIOUS = "previousHighWatermark";
const LEADER = "leader.id";
const LEADER_AT = "leader.hostandport";
const PATH = "writer._internal.partition.path";

/** All that is used. A job's whole configuration is copied into each unit of work, with whatever secrets it has. */
const USED = new Set([
  TOPIC,
  INTERVAL,
  ACTUAL,
  FAILURE,
  WRITTEN,
  UNDECODABLE,
  PARTITION,
  PREVIOUS,
  LEADER,
  LEADER_AT,
]);
/** The same of one partition of several, or of one branch of several. */
const USED_BY_NUMBER = new RegExp(
  `^(?:partition\\.id|leader\\.(?:id|hostandport)|${PREVIOUS})\\.\\d+$`,
);
const FORK = /^fork\.state(?:\.\d+)?$/;

/** Whether anything is to be known of a property of a task. */
export const isUsed = (key: string): boolean =>
  USED.has(key) ||
  USED_BY_NUMBER.test(key) ||
  FORK.test(key) ||
  key.startsWith(PATH);

export type Properties = ReadonlyMap<string, string>;

/**
 * A task by the properties of its unit of work and its own.
 * @returns undefined for one that does not read Kafka
 * @throws FormatError where they do not fit together; it says which property, never its value
 */
export function taskOf(
  id: string,
  unit: Properties,
  own: Properties,
): GobblinTask | undefined {
  const topic = unit.get(TOPIC);
  if (topic === undefined) return undefined;
  const partitions = partitionsIn(unit);
  const interval = unit.get(INTERVAL) ?? "";
  const [low, expected] = ["low", "expected"].map((which) =>
    offsetsIn(
      interval,
      new RegExp(`"${which}\\.watermark\\.to\\.json"\\s*:\\s*\\{${VALUES}`),
      INTERVAL,
      partitions.length,
    ),
  ) as [string[], string[]];
  const stored = own.get(ACTUAL);
  // A task that died early left none: its low one stays.
  const actual =
    stored === undefined
      ? low
      : offsetsIn(
          stored,
          new RegExp(`^\\s*\\{${VALUES}`),
          ACTUAL,
          partitions.length,
        );
  const failure = failureIn(own.get(FAILURE));
  const written = countOf(own, WRITTEN);
  return {
    id,
    topic,
    ranges: partitions.map(({ partition, suffix }, i) => {
      const previous = unit.get(`${PREVIOUS}${suffix}`);
      return {
        partition,
        low: low[i]!,
        expected: expected[i]!,
        actual: BigInt(actual[i]!) > BigInt(low[i]!) ? actual[i]! : low[i]!,
        // 0 stands there where nothing was stored before.
        ...(previous !== undefined && /^[1-9]\d{0,18}$/.test(previous)
          ? { previous }
          : {}),
        ...leaderIn(unit, suffix),
      };
    }),
    hasFailed: [...own].some(
      ([key, value]) => FORK.test(key) && value === "FAILED",
    ),
    ...(failure === undefined ? {} : { failure }),
    ...(written === undefined ? {} : { written }),
    undecodable: countOf(own, UNDECODABLE) ?? 0,
    hours: hoursIn(own),
  };
}

function leaderIn(
  unit: Properties,
  suffix: string,
): Pick<GobblinRange, "leader"> {
  const id = unit.get(`${LEADER}${suffix}`);
  const hostAndPort = unit.get(`${LEADER_AT}${suffix}`);
  return id === undefined || hostAndPort === undefined
    ? {}
    : { leader: { id, hostAndPort } };
}

/** The list in a watermark of several partitions (MultiLongWatermark). */
const VALUES = '\\s*"values"\\s*:\\s*\\[([^\\]]*)\\]';

/** `partition.id.0`, `partition.id.1` and so on, else `partition.id`. */
function partitionsIn(
  unit: Properties,
): { partition: number; suffix: string }[] {
  const numberOf = (key: string, value: string) => {
    const partition = Number(value);
    if (!/^\d+$/.test(value) || partition > 0x7fffffff)
      throw new FormatError(`${key} is no number of a partition`);
    return partition;
  };
  const found: { partition: number; suffix: string }[] = [];
  for (let i = 0; ; i++) {
    const key = `${PARTITION}.${i}`;
    const value = unit.get(key);
    if (value === undefined) break;
    found.push({ partition: numberOf(key, value), suffix: `.${i}` });
  }
  if (found.length > 0) return found;
  const single = unit.get(PARTITION);
  if (single === undefined) throw new FormatError(`${PARTITION} is missing`);
  return [{ partition: numberOf(PARTITION, single), suffix: "" }];
}

/** Offsets in a watermark, by its text: numbers of JSON would be rounded beyond 2^53. -1 stands for one that is not known. */
function offsetsIn(
  text: string,
  pattern: RegExp,
  key: string,
  count: number,
): string[] {
  const list = pattern.exec(text)?.[1];
  if (list === undefined)
    throw new FormatError(`${key} is missing, or has no offsets`);
  const offsets = list.split(",").map((each) => each.trim());
  if (!offsets.every((each) => /^(?:-1|\d{1,19})$/.test(each)))
    throw new FormatError(`${key} has something else than offsets`);
  if (offsets.length !== count)
    throw new FormatError(
      `${key} has ${offsets.length} offsets of ${count} partitions`,
    );
  return offsets.map((each) => BigInt(each).toString());
}

/** The exception's class: what follows may repeat anything, records and passwords among it. */
function failureIn(trace: string | undefined): string | undefined {
  const first = trace === undefined ? "" : /^[^:\s]*/.exec(trace)![0];
  return trace === undefined ? undefined : named(first);
}

function countOf(own: Properties, name: string): number | undefined {
  const text = own.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new FormatError(`${name} is no count`);
  return Number(text);
}

const HOUR =
  /(?:^|\/)year=(\d{4})\/month=(\d{1,2})\/day=(\d{1,2})\/hour=(\d{1,2})$/;

function hoursIn(own: Properties): string[] {
  const hours = new Set<string>();
  for (const [key, value] of own) {
    const parts = key.startsWith(PATH) ? HOUR.exec(value) : null;
    if (!parts) continue;
    const [year, month, day, hour] = parts
      .slice(1)
      .map((part) => part.padStart(2, "0"));
    hours.add(`${year}-${month}-${day}T${hour}`);
  }
  return [...hours].sort();
}
