import { grouped } from "../../lib/grouped";
import { joined, type Range, without } from "../../lib/ranges";
import { total } from "../../lib/total";
import type { ImporterTask } from "./importer-task";
import type { Advance, Gap, LedgerFile, Markers } from "./ledger";

/** Ranges of offsets by partition. */
type Ranges = Map<number, Range[]>;

/** A task with all that it moved on, in each of its partitions. */
type TaskAdvances = { task: ImporterTask; advances: Advance[] };

const sizeOf = (ranges: Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + Number(to - from), 0);

/** What tasks moved on, by task; those that did not are left out. */
function moved(advances: Advance[]): TaskAdvances[] {
  const withTask = advances.filter(
    ({ task, from, to }) => task !== undefined && BigInt(to) > BigInt(from),
  );
  return [...grouped(withTask, ({ task }) => task!.id).values()].map((own) => ({
    task: own[0]!.task!,
    advances: own,
  }));
}

/**
 * The ledger by offset, for importers whose files tell the task that wrote them: as many records as a task moved on, less those that it could
 * not decode and known markers, must lie in its own files, in whichever hours. A task that failed, or wrote less than it read, and moved on all
 * the same is named as the reason. What another task has read whole as well is not missing.
 * @returns what no file accounts for, by task
 */
export function unaccountedByTask(
  advances: Advance[],
  files: LedgerFile[],
  markers: Markers[],
): Gap[] {
  const unused = markers.map((marker) => ({ ...marker }));
  const filesOf = grouped(files, ({ task }) => task);
  const whole: Ranges = new Map();
  const lacking: (TaskAdvances & { records: number; held: number })[] = [];
  for (const each of moved(advances)) {
    const held = total(filesOf.get(each.task.id) ?? [], "count");
    const offsets = each.advances.reduce(
      (sum, a) => sum + sizeOf([rangeOf(a)]),
      0,
    );
    const unwritten = offsets - held - total(each.advances, "errors");
    const records = withoutMarkers(unwritten, each.advances, unused);
    if (records > 0) lacking.push({ ...each, records, held });
    else for (const a of each.advances) add(whole, a.partition, rangeOf(a));
  }
  return lacking.flatMap((each) => {
    const elsewhere = each.advances.reduce((sum, a) => {
      const [low, high] = rangeOf(a);
      const left = without(whole.get(a.partition) ?? [], low, high);
      return sum + sizeOf(left);
    }, 0);
    const records = Math.min(each.records, elsewhere);
    return records > 0 ? [gapOf(each, records)] : [];
  });
}

const rangeOf = ({ from, to }: Pick<Advance, "from" | "to">): Range => [
  BigInt(from),
  BigInt(to),
];

const add = (ranges: Ranges, partition: number, range: Range): void =>
  void ranges.set(partition, joined(ranges.get(partition) ?? [], range));

/** A marker explains an offset once, whatever tasks overlap it. */
function withoutMarkers(
  records: number,
  advances: Advance[],
  unused: Markers[],
): number {
  let left = records;
  for (const marker of unused) {
    if (left <= 0) break;
    const overlaps = advances.some(
      ({ partition, from, to }) =>
        marker.partition === partition &&
        BigInt(marker.from) < BigInt(to) &&
        BigInt(marker.to) > BigInt(from),
    );
    if (!overlaps) continue;
    const used = Math.min(left, marker.empty);
    left -= used;
    marker.empty -= used;
  }
  return left;
}

function gapOf(
  { task, advances, held }: TaskAdvances & { held: number },
  records: number,
): Gap {
  const [first, ...others] = advances as [Advance, ...Advance[]];
  const { partition, from, to, run, time } = first;
  // What it says to have written is all there: no file was removed.
  const isAllThere = task.written !== undefined && held >= task.written;
  const fault =
    task.failure ??
    (isAllThere ? `it wrote ${task.written} records, and no more` : undefined);
  return {
    partition,
    from,
    to,
    records,
    run,
    time,
    task: {
      id: task.id,
      others: others.map((other) => ({
        partition: other.partition,
        from: other.from,
        to: other.to,
      })),
    },
    hours: task.hours,
    ...(fault === undefined ? {} : { fault }),
  };
}

/** Tasks that read some of the same offsets, with how many different ones they read; alone where no other did. */
type TasksTogether = {
  tasks: string[];
  runs: string[];
  offsets: bigint;
  /** The first of the ranges, for a sentence. */
  first: { partition: number; from: bigint; to: bigint };
};

/**
 * Tasks by what they read together: more records in their files than the offsets of all of them were imported twice. Those count whose
 * position did not move on: files of theirs may lie there all the same, where publishing ended halfway.
 */
export function tasksTogether(advances: Advance[]): TasksTogether[] {
  const read = advances
    .flatMap(({ task, run, partition, from, to, tried = to }) => {
      const [low, high] = [BigInt(from), BigInt(tried)];
      return task && high > low
        ? [{ task: task.id, run, partition, from: low, to: high }]
        : [];
    })
    .sort(
      (a, b) =>
        a.partition - b.partition ||
        (a.from < b.from ? -1 : a.from > b.from ? 1 : 0),
    );
  const groupOf = new Map<string, Set<(typeof read)[number]>>();
  const unite = (a: string, b: string) => {
    const [into, other] = [groupOf.get(a)!, groupOf.get(b)!];
    if (into === other) return;
    for (const range of other) {
      into.add(range);
      groupOf.set(range.task, into);
    }
  };
  for (const range of read)
    groupOf.set(range.task, (groupOf.get(range.task) ?? new Set()).add(range));
  let furthest: (typeof read)[number] | undefined;
  for (const range of read) {
    const isBeyond =
      furthest?.partition !== range.partition || range.from >= furthest.to;
    if (!isBeyond) unite(furthest!.task, range.task);
    if (isBeyond || range.to > furthest!.to) furthest = range;
  }
  return [...new Set(groupOf.values())].map((group) => {
    const ranges: Ranges = new Map();
    for (const { partition, from, to } of group)
      add(ranges, partition, [from, to]);
    const all = [...group];
    return {
      tasks: [...new Set(all.map(({ task }) => task))],
      runs: [...new Set(all.map(({ run }) => run))],
      offsets: BigInt(
        [...ranges.values()].reduce((sum, some) => sum + sizeOf(some), 0),
      ),
      first: all[0]!,
    };
  });
}
