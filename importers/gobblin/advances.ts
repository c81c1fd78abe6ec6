import type { ImporterTask } from "../../domain/audit/importer-task";
import type { Advance } from "../../domain/audit/ledger";
import type { GobblinState } from "../../formats/gobblin/dataset-state";
import { taskKey } from "../../formats/gobblin/gobblin-file-name";
import type {
  GobblinRange,
  GobblinTask,
} from "../../formats/gobblin/task-properties";
import { hourStart } from "../../lib/hour";
import { partitionKey } from "../../lib/keys";
import type { TimeZone } from "../../lib/time-zone";
import type { Position } from "../importer";

type Zone = Pick<TimeZone, "utcOf">;

/** Where a run before left each partition, by `<topic>/<partition>`, and when it was; or where a saga has put it. */
export type Ends = Map<string, { to: string; time: number; bySaga?: true }>;

/**
 * How far a run moved, by topic. Neither the state of the job nor that of a task is believed: a partition has moved on if its actual watermark
 * is beyond its low one.
 * @param run its name, and when it was, epoch ms
 * @param before where the run before it stood; undefined where that cannot be read: then nothing proves that it jumped, unless it tells itself
 */
export function advancesIn(
  states: GobblinState[],
  run: { name: string; time: number },
  before: Ends | undefined,
  zone: Zone,
): Map<string, Advance[]> {
  const advances = new Map<string, Advance[]>();
  // One that Sisyphus wrote itself has read nothing, wherever it stands.
  const own = states.filter(({ writtenBy }) => writtenBy === undefined);
  for (const task of own.flatMap((state) => state.tasks)) {
    const shared = taskIn(task, zone);
    const first = task.ranges.findIndex(hasMoved);
    const moved = task.ranges.map((range, i): Advance => ({
      run: run.name,
      time: run.time,
      partition: range.partition,
      from: range.low,
      to: range.actual,
      // Of a failed task no record arrived, whether it could be decoded or not.
      errors: i === first && !task.hasFailed ? task.undecodable : 0,
      task: shared,
      ...triedIn(task, range),
      ...beforeIn(range, before && before.get(keyOf(task, range)), !before),
    }));
    advances.set(task.topic, [...(advances.get(task.topic) ?? []), ...moved]);
  }
  return advances;
}

const keyOf = ({ topic }: GobblinTask, { partition }: GobblinRange): string =>
  partitionKey(topic, partition);

const hasMoved = ({ low, actual }: GobblinRange): boolean =>
  BigInt(actual) > BigInt(low);

function taskIn(task: GobblinTask, zone: Zone): ImporterTask {
  const { id, hasFailed, failure, written } = task;
  return {
    id: taskKey(id),
    ...(hasFailed
      ? {
          failure: `its task ${id} failed: ${failure ?? "no exception is recorded"}`,
        }
      : {}),
    ...(written === undefined ? {} : { written }),
    hours: hoursIn(task, zone),
  };
}

const hoursIn = ({ hours }: GobblinTask, zone: Zone) =>
  hours.flatMap((hour) => zone.utcOf(hour) ?? []);

/** Where publishing threw, the position stays, and some of what was written may have arrived all the same. */
const triedIn = (
  { written }: GobblinTask,
  range: GobblinRange,
): Pick<Advance, "tried"> =>
  !hasMoved(range) &&
  (written ?? 0) > 0 &&
  BigInt(range.expected) > BigInt(range.low)
    ? { tried: range.expected }
    : {};

function beforeIn(
  { low, previous }: GobblinRange,
  end: { to: string; time: number; bySaga?: true } | undefined,
  isUnreadable: boolean,
): Pick<Advance, "before"> {
  if (previous !== undefined)
    return {
      before: {
        to: previous,
        ...(end?.to === previous ? { time: end.time } : {}),
      },
    };
  if (end) return { before: end };
  return isUnreadable ? { before: { to: low } } : {};
}

/** Where a run left each partition, by `<topic>/<partition>`. */
export const endsOf = (states: GobblinState[], time: number): Ends =>
  new Map(
    states.flatMap(({ tasks, writtenBy }) =>
      eachRange(tasks).map(({ key, range }) => [
        key,
        {
          ...{ to: range.actual, time },
          ...(writtenBy === undefined ? {} : { bySaga: true as const }),
        },
      ]),
    ),
  );

const eachRange = (tasks: GobblinTask[]) =>
  tasks.flatMap((task) =>
    task.ranges.map((range) => ({ key: keyOf(task, range), task, range })),
  );

/**
 * Where the next run begins in each partition. A partition that was read up to Kafka's end is imported until the run was planned; of one that was
 * not, the newest hour into which its task wrote has its last record.
 * @param time when the run was made, epoch ms
 */
export function positionsIn(
  tasks: GobblinTask[],
  time: number,
  zone: Zone,
): [key: string, position: Position][] {
  return eachRange(tasks).map(({ key, task, range }) => {
    const hours = hoursIn(task, zone).sort();
    const isAtEnd = BigInt(range.actual) >= BigInt(range.expected);
    const newest = hasMoved(range) ? hours.at(-1) : undefined;
    const imported = isAtEnd
      ? time
      : newest === undefined
        ? undefined
        : hourStart(newest);
    return [
      key,
      {
        offset: range.actual,
        ...(imported === undefined ? {} : { time: imported }),
      },
    ];
  });
}
