import type { MemoryCamus } from "./camus";
import { BROKEN, dirOf, HOURS, LOSSY, LOST, topicOf } from "./scenario";
import type { MemoryHdfs } from "./systems";

/** Who refines: the planned job, or an old one, whose rows lack what the planned one adds. */
export type RefineJobKind = "refined" | "outdated";

/** The refined tables: which events have a row, and which job has set a Hive partition's flag. */
export class MemoryTables {
  /** Rows that Refine has written: partition to uuids. */
  readonly rows = new Map<string, Set<string>>();
  /** How many events lay in the raw hour when it was refined. */
  private readonly rawWhenRefined = new Map<string, number>();
  private runs = 0;

  constructor(
    private readonly hdfs: MemoryHdfs,
    private readonly camus: MemoryCamus,
  ) {
    for (const schema of ["Outdated", "Bystander"])
      for (const hour of HOURS)
        this.hdfs.put(this.flagOf(schema, hour), `${schema} ${hour}`);
  }

  private flagOf = (schema: string, hour: string) =>
    `${dirOf(schema, hour)}/_REFINED`;

  /** One run of Refine: every hour that has no flag, or to which events were added since it was set. */
  refine(kind: RefineJobKind): void {
    this.runs++;
    for (const schema of BROKEN)
      for (const hour of HOURS) {
        const dir = dirOf(schema, hour);
        const have = this.camus.importedOf(topicOf(schema));
        const uuids = LOST.filter(
          (e) => e.schema === schema && e.dt!.startsWith(hour),
        )
          .map((e) => e.uuid)
          .filter((uuid) => have.has(uuid));
        const isThere = !LOSSY.includes(schema) || uuids.length > 0;
        const isDone =
          this.hdfs.files.has(this.flagOf(schema, hour)) &&
          (this.rawWhenRefined.get(dir) ?? 0) === uuids.length;
        if (!isThere || isDone) continue;
        this.rows.set(dir, new Set(uuids));
        this.rawWhenRefined.set(dir, uuids.length);
        this.hdfs.put(this.flagOf(schema, hour), `${kind} ${this.runs}`);
      }
  }

  /** The lost events of schemas that have no row. */
  withoutRow(schemas: readonly string[]) {
    const rows = new Set([...this.rows.values()].flatMap((of) => [...of]));
    return LOST.filter(
      ({ schema, uuid }) => schemas.includes(schema) && !rows.has(uuid),
    );
  }

  /** Hours of a schema whose flag the planned job has not set. */
  notByPlanned(schema: string): typeof HOURS {
    return this.toBeRefined(schema).filter((hour) =>
      this.hdfs.files.has(this.flagOf(schema, hour)),
    );
  }

  /** The same, and those that have no flag. */
  toBeRefined(schema: string): typeof HOURS {
    return HOURS.filter((hour) => {
      const flag = this.hdfs.files.get(this.flagOf(schema, hour));
      return !flag?.data.toString("utf8").startsWith("refined");
    });
  }
}
