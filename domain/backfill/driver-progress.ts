import {
  parseRefineStatus,
  parseRefineTotal,
  type RefineStatus,
} from "../../formats/refine/refine-log-line";

/** What a Refine driver's log, read while the application runs, says of Hive partitions: how many there are, and which have ended how. */
export class DriverProgress {
  /** How many Hive partitions the application means to refine; undefined until the driver has said so. */
  total: number | undefined;
  private readonly kinds = new Map<string, RefineStatus["kind"]>();

  /** Takes up any part of the log; parts may overlap. */
  readLog(text: string): void {
    for (const line of text.split("\n")) {
      this.total = parseRefineTotal(line) ?? this.total;
      const status = parseRefineStatus(line);
      if (status) this.kinds.set(`${status.table} ${status.hour}`, status.kind);
    }
  }

  /** Each Hive partition that has ended, `<database>.<table> <hour>`, and how. */
  get statuses(): [partition: string, kind: RefineStatus["kind"]][] {
    return [...this.kinds];
  }

  /** How many have ended, whether finished or failed. */
  get ended(): number {
    return this.kinds.size;
  }

  get failed(): number {
    return this.statuses.filter(([, kind]) => kind === "failed").length;
  }
}
