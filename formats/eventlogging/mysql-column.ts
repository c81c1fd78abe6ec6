/**
 * What a column holds: `flag` is TINYINT(1) or BIT(1), which BOOL is another name for; `float` is FLOAT, whose 24 bits round what is
 * written to it; `time` is DATETIME or TIMESTAMP.
 */
export type ColumnKind =
  "flag" | "integer" | "fraction" | "float" | "time" | "json" | "text";

/** A column of a table of events, as far as its values depend on it. */
export type MysqlColumn = {
  name: string;
  kind: ColumnKind;
  /** Whether its values are bits (BIT), which are sent as bytes. */
  bits: boolean;
  /** Whether its values are bytes of no character set (BINARY, VARBINARY, BLOB). */
  binary: boolean;
  /** How many characters (bytes, if binary) a value can have; absent where that is not declared. */
  width?: number;
};

/** What the server says of a column of a result. Source: MySQL's protocol, `Protocol::ColumnDefinition41`. */
export type ColumnDefinition = {
  name: string;
  /** The number of its type, `enum_field_types`. */
  type: number;
  /** Bytes that a value can have when it is sent. */
  length: number;
  /** The number of the character set and collation. */
  charset: number;
  /** Whether MariaDB, where JSON is another name for LONGTEXT, says that it is JSON. */
  json?: boolean;
};

const BINARY_CHARSET = 63;
/** Bytes that one character of utf8mb4 can take: the connection's character set, in which lengths are given. */
const BYTES_A_CHARACTER = 4;
const TINY = 1;
const BIT = 16;
const VAR_STRING = 253;
const STRING = 254;
/** Types whose values are texts or bytes: VARCHAR, and those from ENUM (247) to STRING (254), among them all BLOBs. */
const isText = (type: number) => type === 15 || (type >= 247 && type <= 254);

/** The kinds of the types that have one whatever else is said of the column. */
const KINDS = new Map<number, ColumnKind>([
  [0, "fraction"], // DECIMAL
  [TINY, "integer"],
  [2, "integer"], // SMALLINT
  [3, "integer"], // INT
  [4, "float"],
  [5, "fraction"], // DOUBLE
  [7, "time"], // TIMESTAMP
  [8, "integer"], // BIGINT
  [9, "integer"], // MEDIUMINT
  [12, "time"], // DATETIME
  [13, "integer"], // YEAR
  [BIT, "integer"],
  [17, "time"], // TIMESTAMP with a fraction
  [18, "time"], // DATETIME with a fraction
  [245, "json"],
  [246, "fraction"], // DECIMAL since MySQL 5.0
]);

/** A column by what the server says of it. */
export function mysqlColumn(definition: ColumnDefinition): MysqlColumn {
  const { name, type, length, charset, json } = definition;
  const binary = charset === BINARY_CHARSET && isText(type);
  const isFlag = (type === TINY || type === BIT) && length === 1;
  const isSized = type === VAR_STRING || type === STRING;
  return {
    name,
    kind: isFlag ? "flag" : json ? "json" : (KINDS.get(type) ?? "text"),
    bits: type === BIT,
    binary,
    ...(isSized
      ? { width: Math.floor(length / (binary ? 1 : BYTES_A_CHARACTER)) }
      : {}),
  };
}
