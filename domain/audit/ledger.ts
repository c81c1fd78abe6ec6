/** How far one importer run moved in a topic-partition. Offsets are decimal strings. */
export type Advance = {
  run: string;
  /** When the run was, epoch ms. */
  time: number;
  partition: number;
  /** The first offset it was to read. */
  from: string;
  /** Where the next run goes on. */
  to: string;
  /** Records it could not decode and recorded as errors. */
  errors: number;
};

/** A raw file as its name tells of it. */
export type LedgerFile = {
  partition: number;
  /** The offset of its first record, where names tell it. */
  start?: string;
  /** The offset after its last record. */
  end: string;
  count: number;
};

/** Offsets that hold no record for readers: a saga's own transaction markers and what it aborted. */
export type Markers = {
  partition: number;
  from: string;
  to: string;
  empty: number;
};

/** Offsets that were passed over. */
export type Gap = {
  partition: number;
  from: string;
  to: string;
  records: number;
  run?: string;
  time?: number;
};

type Span = Advance & { low: bigint; high: bigint };

/** Finds the run that took a file's last record, the earliest where several did. */
export function advanceHolding(
  advances: Advance[],
): (file: Pick<LedgerFile, "partition" | "end">) => Advance | undefined {
  const partitions = new Map<number, Span[]>();
  for (const a of advances) {
    const [low, high] = [BigInt(a.from), BigInt(a.to)];
    if (high <= low) continue;
    const spans = partitions.get(a.partition);
    if (spans) spans.push({ ...a, low, high });
    else partitions.set(a.partition, [{ ...a, low, high }]);
  }
  // Runs follow one another, so that the ends are sorted; after a reset they are not, and are looked through.
  const sorted = new Map<number, boolean>();
  for (const [partition, spans] of partitions) {
    spans.sort((x, y) => x.time - y.time);
    sorted.set(
      partition,
      spans.every((s, i) => i === 0 || s.low >= spans[i - 1]!.high),
    );
  }
  return ({ partition, end }) => {
    const spans = partitions.get(partition) ?? [];
    const offset = BigInt(end);
    const holds = (s: Span) => offset > s.low && offset <= s.high;
    if (!sorted.get(partition)) return spans.find(holds);
    let [from, to] = [0, spans.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (spans[middle]!.high < offset) from = middle + 1;
      else to = middle;
    }
    const found = spans[from];
    return found && holds(found) ? found : undefined;
  };
}

/**
 * The ledger by offset, for importers that keep runs: what each run advanced, less its recorded errors and known markers,
 * must lie in the files whose last offset falls into its range. Compaction and other producers' transactions make offsets an upper bound.
 * @returns what no file accounts for, a run and partition each
 */
export function unaccounted(
  advances: Advance[],
  files: LedgerFile[],
  markers: Markers[],
): Gap[] {
  const left = markers.map((m) => ({ ...m }));
  const gaps: Gap[] = [];
  const held = heldBy(files);
  for (const a of [...advances].sort((x, y) => x.time - y.time)) {
    const from = BigInt(a.from);
    const to = BigInt(a.to);
    if (to <= from) continue;
    let records = Number(to - from) - held(a.partition, from, to) - a.errors;
    for (const m of left) {
      if (records <= 0) break;
      const overlaps =
        m.partition === a.partition &&
        BigInt(m.from) < to &&
        BigInt(m.to) > from;
      if (!overlaps) continue;
      const used = Math.min(records, m.empty);
      records -= used;
      m.empty -= used;
    }
    if (records > 0)
      gaps.push({
        partition: a.partition,
        from: a.from,
        to: a.to,
        records,
        run: a.run,
        time: a.time,
      });
  }
  return gaps;
}

/** Sums of records by where files end: how many lie in files whose last offset is in `(from, to]`. */
function heldBy(
  files: LedgerFile[],
): (partition: number, from: bigint, to: bigint) => number {
  const partitions = new Map<number, { end: bigint; sum: number }[]>();
  for (const f of files) {
    const entry = { end: BigInt(f.end), sum: f.count };
    const list = partitions.get(f.partition);
    if (list) list.push(entry);
    else partitions.set(f.partition, [entry]);
  }
  for (const list of partitions.values()) {
    list.sort((x, y) => (x.end < y.end ? -1 : x.end > y.end ? 1 : 0));
    for (let i = 1; i < list.length; i++) list[i]!.sum += list[i - 1]!.sum;
  }
  /** The sum over all files that end at or before an offset. */
  const upTo = (list: { end: bigint; sum: number }[], offset: bigint) => {
    let [from, to] = [0, list.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (list[middle]!.end <= offset) from = middle + 1;
      else to = middle;
    }
    return from === 0 ? 0 : list[from - 1]!.sum;
  };
  return (partition, from, to) => {
    const list = partitions.get(partition) ?? [];
    return upTo(list, to) - upTo(list, from);
  };
}

/** Where a run began beyond the end of the one before: offsets that were deleted unread, although nothing tells so any more. */
export function jumps(advances: Advance[]): Gap[] {
  const gaps: Gap[] = [];
  const last = new Map<number, Advance>();
  for (const a of [...advances].sort((x, y) => x.time - y.time)) {
    const before = last.get(a.partition);
    const skipped = before ? BigInt(a.from) - BigInt(before.to) : 0n;
    if (before && skipped > 0n)
      gaps.push({
        partition: a.partition,
        from: before.to,
        to: a.from,
        records: Number(skipped),
        run: a.run,
        time: a.time,
      });
    if (!before || BigInt(a.to) >= BigInt(before.to)) last.set(a.partition, a);
  }
  return gaps;
}

/** The ledger for importers whose file names tell both ends: files of a partition must follow one another without a hole. */
export function holes(files: LedgerFile[]): Gap[] {
  const gaps: Gap[] = [];
  const partitions = new Map<number, LedgerFile[]>();
  for (const f of files) {
    if (f.start === undefined) continue;
    partitions.set(f.partition, [...(partitions.get(f.partition) ?? []), f]);
  }
  for (const [partition, list] of partitions) {
    list.sort((a, b) => (BigInt(a.start!) < BigInt(b.start!) ? -1 : 1));
    let reached = BigInt(list[0]!.end);
    for (const f of list.slice(1)) {
      const start = BigInt(f.start!);
      if (start > reached)
        gaps.push({
          partition,
          from: reached.toString(),
          to: f.start!,
          records: Number(start - reached),
        });
      if (BigInt(f.end) > reached) reached = BigInt(f.end);
    }
  }
  return gaps;
}
