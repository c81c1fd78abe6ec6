import type { EventCapsule } from "./event-capsule";

/** What a field's value is in JSON. `null` tells nothing. */
export type FieldKind = "array" | "boolean" | "number" | "object" | "string";

/** What is known of the field that a column was written from. */
export type ShapedField = {
  /** Its names within `event`, from the outside in. */
  path: string[];
  /** What its value was in the events that were seen. */
  kinds: ReadonlySet<FieldKind>;
  /** Whether another field has the same column, as `a_b` and the `b` of `a` have. */
  shared: boolean;
};

const kindOf = (value: unknown): FieldKind | undefined =>
  value === null || value === undefined
    ? undefined
    : Array.isArray(value)
      ? "array"
      : (typeof value as FieldKind);

/**
 * The fields of the events of one schema and revision, learnt from events. MySQL's columns do not tell a boolean from a number, an array from
 * its text, or a nested field from one whose name has an underscore; events do.
 */
export class EventShape {
  /** By the column's name in small letters, as MySQL's names have no case. */
  private readonly fields = new Map<
    string,
    { paths: Map<string, string[]>; kinds: Set<FieldKind> }
  >();
  private seen = 0;

  /** How many events it was learnt from. */
  get events(): number {
    return this.seen;
  }

  learn({ event }: Pick<EventCapsule, "event">): void {
    this.seen++;
    // An empty event can arrive as `[]`.
    if (!Array.isArray(event)) this.learnFields(event, []);
  }

  private learnFields(value: object, path: string[]): void {
    for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
      const kind = kindOf(inner);
      if (kind === undefined) continue;
      const innerPath = [...path, name];
      this.add(innerPath, kind);
      if (kind === "object") this.learnFields(inner as object, innerPath);
    }
  }

  private add(path: string[], kind: FieldKind): void {
    const column = `event_${path.join("_")}`.toLowerCase();
    let field = this.fields.get(column);
    if (!field)
      this.fields.set(column, (field = { paths: new Map(), kinds: new Set() }));
    field.paths.set(JSON.stringify(path), path);
    field.kinds.add(kind);
  }

  /** The field of a column, `event_<name>` with nested names joined by `_`; undefined where no event had it. */
  field(column: string): ShapedField | undefined {
    const field = this.fields.get(column.toLowerCase());
    if (!field) return undefined;
    const [path] = field.paths.values();
    return { path: path!, kinds: field.kinds, shared: field.paths.size > 1 };
  }
}
