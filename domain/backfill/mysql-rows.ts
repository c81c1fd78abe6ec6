/**
 * What the search for missing events says of MySQL's rows that it did not use, or used with a doubt. It is serialized (files in storage,
 * results of activities), so that its fields keep their names. It holds names of tables and columns, and uuids, never a value.
 */

/** Rows of one table of which the same is to be said. */
export type RowRemark = {
  table: string;
  /** Why they were not used, or what is in doubt. */
  why: string;
  /** The column that it is about; absent where it is about whole rows. */
  column?: string;
  /** Whether events were made of the rows. */
  used: boolean;
  rows: number;
  /** The first few rows' uuids, of those that have one. */
  uuids: string[];
};

export type MysqlRows = {
  /** Rows of which no event was made. */
  unused: number;
  /** Rows whose event is in doubt. */
  doubtful: number;
  remarks: RowRemark[];
  /** How many remarks more there are than `remarks` has. */
  more: number;
};

/** Uuids that a remark names. */
const MAX_UUIDS = 3;
/** Remarks that a result names, so that it stays far below the limit of a payload; the search's file in storage has all. */
const MAX_REMARKS = 20;

/** How many rows were not used, and how many are in doubt. */
export const rowsInWords = ({ unused, doubtful }: MysqlRows): string =>
  `${unused} rows not used, ${doubtful} used with a doubt`;

/** Counts rows by what is to be said of them. */
export class RowTally {
  private unused = 0;
  private doubtful = 0;
  private more = 0;
  private readonly remarks = new Map<string, RowRemark>();

  /** Counts rows that were not used, by default one. */
  addUnused(
    about: Pick<RowRemark, "table" | "why" | "column">,
    uuids: string[],
    rows = 1,
  ): void {
    this.unused += rows;
    this.addRemark({ ...about, used: false, rows, uuids });
  }

  /** Counts a row whose event has doubts, if it has any. */
  addDoubts(
    table: string,
    doubts: Pick<RowRemark, "why" | "column">[],
    uuid: string,
  ): void {
    if (doubts.length > 0) this.doubtful++;
    for (const doubt of doubts)
      this.addRemark({ table, ...doubt, used: true, rows: 1, uuids: [uuid] });
  }

  add(rows: MysqlRows): void {
    this.unused += rows.unused;
    this.doubtful += rows.doubtful;
    this.more += rows.more;
    for (const remark of rows.remarks) this.addRemark(remark);
  }

  private addRemark(remark: RowRemark): void {
    const { table, why, column, used } = remark;
    const key = JSON.stringify([table, why, column, used]);
    const known = this.remarks.get(key);
    this.remarks.set(key, {
      ...remark,
      rows: (known?.rows ?? 0) + remark.rows,
      uuids: [...(known?.uuids ?? []), ...remark.uuids].slice(0, MAX_UUIDS),
    });
  }

  /** All of it, rows that were not used first, and of these the most frequent first. @param most remarks that it may name */
  result(most = Infinity): MysqlRows {
    const remarks = [...this.remarks.values()].sort(
      (a, b) => Number(a.used) - Number(b.used) || b.rows - a.rows,
    );
    return {
      unused: this.unused,
      doubtful: this.doubtful,
      remarks: remarks.slice(0, most),
      more: this.more + Math.max(0, remarks.length - most),
    };
  }
}

/**
 * Several counts as one; undefined where nothing is to be said.
 * @param most remarks that it names, by default as few as a result may have
 */
export function mergeRows(
  all: (MysqlRows | undefined)[],
  most = MAX_REMARKS,
): MysqlRows | undefined {
  const tally = new RowTally();
  for (const rows of all) if (rows) tally.add(rows);
  const merged = tally.result(most);
  return merged.unused === 0 && merged.doubtful === 0 ? undefined : merged;
}
