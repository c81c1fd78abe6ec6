/** What searches, replays and counts need to know of an event. Its bytes are what is replayed. */
export type KnownEvent = {
  /** Which event it is, as the text that stands in it. */
  uuid: string;
  /** What its dataset is called: a capsule's schema, or an event platform's stream; empty where it does not say. */
  schema: string;
} & EventTime;

/** An event's own time, epoch ms, or why it has none, one clause without any value of the event. */
export type EventTime =
  { ms: number; timeProblem?: never } | { ms?: never; timeProblem: string };

/** Why a line is no event that is known. */
export type UnknownEvent = {
  /** Without any value of the line. */
  error: string;
  /** Whether it is whole JSON, and may be an event all the same: counts that leave it out are too low. Else it is damaged, or none. */
  isEvent?: boolean;
};

/** How events of one kind are read from their JSON. */
export type EventReader = {
  /** Which event a line is. */
  read: (line: string) => { event: KnownEvent } | UnknownEvent;
  /** The identity of the event of a line, which may lack all else; undefined where it has none. */
  idOf: (line: string) => string | undefined;
  /** What says which event it is that was read before, and when it was; undefined where its parts have other types. */
  identified: (
    json: unknown,
  ) => { uuid: string; ms: number | undefined } | undefined;
  /** Where DuckDB finds the same in most events; JavaScript judges the others. */
  engine: {
    pointers: { schema: string; uuid: string; time: string };
    /** The type of a column of identities: as numbers they take less memory, and no text but 32 hex digits comes back from one. */
    idType: "uuid" | "varchar";
    /** The identity of a text that may be one, in SQL; null where it is none. */
    idSql: (text: string) => string;
    /** The text of an identity, in SQL. */
    textSql: (id: string) => string;
  };
  /** Columns of the table, each as the names that lead to it, in the order in which they are asked. */
  columns: {
    uuid: readonly ColumnPath[];
    /** The address by which Refine geocodes a row. */
    ip: readonly ColumnPath[];
  };
  /** The pointers by which Spark reads the same; absent for capsules, which it knows. */
  pointers?: { identity: string[]; ip: string[] };
};

/** The names of a column and of fields within fields of it, in lower case as Hive has them. */
export type ColumnPath = readonly string[];

/** The name that Refine gives a column: Hive takes letters, digits and `_`. */
export const columnName = (name: string): string =>
  name.replaceAll(/\W/g, "_").toLowerCase();
