import { isNestedTooDeeply } from "../eventlogging/event-capsule";
import { timeOfValue } from "../eventlogging/event-time";
import {
  columnName,
  type ColumnPath,
  type EventReader,
  type EventTime,
} from "./event-reader";
import { namesOf, valueAt } from "./json-pointer";

/** Where the parts of an event lie: JSON pointers, of which the first that leads to one counts. */
export type EventPointers = {
  identity: string[];
  time: string[];
  stream: string[];
  ip: string[];
};

/**
 * An identity is compared as the text it is, dashes and case included. Of visible ASCII, as every kind of id is: fields of the search's lines are
 * separated by tabs, and two texts that differ in half a surrogate pair would be the same bytes.
 */
const IDENTITY = /^[\x21-\x7e]{1,200}$/;
/** The same for DuckDB. */
const ENGINE_IDENTITY = String.raw`[\x21-\x7e]{1,200}`;

const listed = (pointers: string[]) => pointers.join(" or ");

/** Events whose parts lie where a configuration says, such as an event platform's. Nothing else is asked of them. */
export function pointedEvents(pointers: EventPointers): EventReader {
  const paths = {
    identity: pointers.identity.map(namesOf),
    time: pointers.time.map(namesOf),
    stream: pointers.stream.map(namesOf),
  };
  const textAt = (
    json: unknown,
    of: string[][],
    isOne: (t: string) => boolean,
  ) =>
    of
      .map((names) => valueAt(json, names))
      .find((value) => typeof value === "string" && isOne(value)) as
      string | undefined;
  const idIn = (json: unknown) =>
    textAt(json, paths.identity, (text) => IDENTITY.test(text));
  const streamIn = (json: unknown) =>
    textAt(json, paths.stream, (text) => text !== "");
  const timeIn = (json: unknown): EventTime => {
    const values = paths.time.map((names) => valueAt(json, names));
    const ms = values.map(timeOfValue).find((found) => found !== undefined);
    if (ms !== undefined) return { ms };
    return {
      timeProblem: values.every((value) => value === undefined)
        ? `it has nothing at ${listed(pointers.time)}`
        : `it has no time at ${listed(pointers.time)} (ISO 8601, or seconds or milliseconds; times from 2001 to 2100 can be)`,
    };
  };
  const jsonOf = (line: string): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return undefined;
    }
  };
  return {
    read: (line) => {
      if (isNestedTooDeeply(line))
        return { error: "values within values, too deep in one another" };
      const json = jsonOf(line);
      if (json === undefined)
        return { error: "not JSON (truncated or corrupt)" };
      if (json === null || typeof json !== "object" || Array.isArray(json))
        return { error: "not a JSON object" };
      const uuid = idIn(json);
      if (uuid === undefined)
        return {
          error: `it has no identity at ${listed(pointers.identity)} (a text of 1 to 200 visible ASCII characters)`,
          isEvent: true,
        };
      const schema = streamIn(json) ?? "";
      return { event: { uuid, schema, ...timeIn(json) } };
    },
    idOf: (line) => idIn(jsonOf(line)),
    identified: (json) => {
      const uuid = idIn(json);
      return uuid === undefined ? undefined : { uuid, ms: timeIn(json).ms };
    },
    engine: {
      pointers: {
        schema: pointers.stream[0]!,
        uuid: pointers.identity[0]!,
        time: pointers.time[0]!,
      },
      idType: "varchar",
      idSql: (text) =>
        `case when regexp_full_match(${text}, '${ENGINE_IDENTITY}') then ${text} end`,
      textSql: (id) => id,
    },
    columns: {
      uuid: pointers.identity.map(columnOf),
      ip: pointers.ip.map(columnOf),
    },
    pointers: { identity: pointers.identity, ip: pointers.ip },
  };
}

const columnOf = (pointer: string): ColumnPath =>
  namesOf(pointer).map(columnName);
