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
  for (const a of [...advances].sort((x, y) => x.time - y.time)) {
    const from = BigInt(a.from);
    const to = BigInt(a.to);
    if (to <= from) continue;
    const inRange = (f: LedgerFile) =>
      f.partition === a.partition &&
      BigInt(f.end) > from &&
      BigInt(f.end) <= to;
    const held = files
      .filter(inRange)
      .reduce((sum, f) => sum + BigInt(f.count), 0n);
    let records = Number(to - from - held) - a.errors;
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
