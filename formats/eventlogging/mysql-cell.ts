import { isUtf8 } from "node:buffer";
import { isLosslessNumber, LosslessNumber } from "lossless-json";
import { parseJsonLosslessly } from "./event-capsule";
import type { FieldKind } from "./event-shape";
import type { MysqlColumn } from "./mysql-column";
import { isMediaWikiTime } from "./mysql-time";

/** A value's bytes as the text protocol sends them, a character (0 to 255) for each; null is NULL. */
export type RawCell = string | null;

/**
 * The text of a value; undefined where its bytes are no UTF-8, so that no JSON can hold them. BINARY(n) fills what is shorter up with zeros,
 * which are taken off.
 */
export function textOfCell(
  column: MysqlColumn,
  raw: string,
): string | undefined {
  const bytes = Buffer.from(raw, "latin1");
  if (column.bits)
    return BigInt(`0x${bytes.toString("hex") || "0"}`).toString();
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString("utf8");
  return column.binary ? text.replace(/\0+$/, "") : text;
}

const UUID =
  /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/;

/**
 * The uuid of a value, 32 hex digits: it may be written with dashes or capitals, in a binary column, or as its 16 bytes.
 * @returns undefined where it is none
 */
export function uuidOfCell(
  column: MysqlColumn,
  raw: RawCell,
): string | undefined {
  if (raw === null) return undefined;
  if (column.binary && raw.length === 16)
    return Buffer.from(raw, "latin1").toString("hex");
  const text = textOfCell(column, raw)?.trim().toLowerCase();
  return text !== undefined && UUID.test(text)
    ? text.replaceAll("-", "")
    : undefined;
}

/** A time of MySQL's as ISO 8601. MySQL keeps no zone: EventLogging writes UTC, and the session of a TIMESTAMP is set to it. */
const isoOfTime = (text: string) => `${text.replace(" ", "T")}Z`;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number as JSON has it, to its last digit; ZEROFILL writes zeros before it, which are taken off. */
function numberOf(text: string): LosslessNumber | undefined {
  const digits = text.replace(/^(-?)0+(?=\d)/, "$1");
  return JSON_NUMBER.test(digits) ? new LosslessNumber(digits) : undefined;
}

const JSON_BIT = /^(?:true|false)$/;

const kindOfJson = (value: unknown): FieldKind =>
  Array.isArray(value)
    ? "array"
    : isLosslessNumber(value)
      ? "number"
      : (typeof value as FieldKind);

/** The value of a JSON text; undefined where it is none, or one of no use here: `null`, or a text in quotation marks. */
function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text) && !JSON_NUMBER.test(text) && !JSON_BIT.test(text))
    return undefined;
  try {
    return parseJsonLosslessly(text);
  } catch {
    return undefined;
  }
}

/** The text of a JSON string; undefined where it is none. */
function stringOfJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a value can be in an event, the likeliest first: a TINYINT(1) of 1 can be `true`, 1 and "1". Empty where the value is of no use, or is
 * JSON's `null`.
 */
export function meaningsOf(
  column: MysqlColumn,
  raw: string,
): Map<FieldKind, unknown> {
  const meanings = new Map<FieldKind, unknown>();
  const may = (kind: FieldKind, value: unknown) => {
    if (value !== undefined && !meanings.has(kind)) meanings.set(kind, value);
  };
  const text = textOfCell(column, raw);
  if (text === undefined) return meanings;
  const bit = text === "1" ? true : text === "0" ? false : undefined;
  switch (column.kind) {
    case "flag":
      may("boolean", bit);
      may("number", numberOf(text));
      may("string", text);
      break;
    case "integer":
    case "fraction":
    case "float":
      may("number", numberOf(text));
      may("boolean", bit);
      may("string", text);
      break;
    case "time":
      // MySQL's zero date is no time.
      if (!text.startsWith("0000-")) may("string", isoOfTime(text));
      break;
    case "json": {
      const value = jsonOf(text) ?? stringOfJson(text);
      may(kindOfJson(value), value);
      break;
    }
    case "text": {
      may("string", text);
      const value = jsonOf(text);
      // A number that a field has may lie in MediaWiki time: seconds and milliseconds cannot be told apart any more.
      if (!isMediaWikiTime(text)) may(kindOfJson(value), value);
      may("boolean", bit);
    }
  }
  return meanings;
}

/** Whether a text may have been cut off: it fills its column. Short columns are made for what fills them, such as ids. */
export function fillsColumn(column: MysqlColumn, raw: string): boolean {
  const { width = 0 } = column;
  if (width < 255 || raw.length < width) return false;
  const text = textOfCell(column, raw) ?? raw;
  return (column.binary ? raw.length : [...text].length) >= width;
}

/** Whether FLOAT may have rounded a number: the server shows no more than six digits of one. */
export const isRoundedFloat = (column: MysqlColumn, raw: string): boolean =>
  column.kind === "float" &&
  raw.replace(/e.*$/i, "").replaceAll(/[^\d]/g, "").replace(/^0+/, "").length >=
    6;
