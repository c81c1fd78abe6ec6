/**
 * JSON pointers (RFC 6901) through objects. The packages that there are for it also follow array indexes, whose place in a Hive table nobody can
 * name, and the properties that every object inherits.
 */

/** What a pointer may be: `/` before each name, in which `~1` stands for `/` and `~0` for `~`. */
export const POINTER = /^(?:\/(?:[^/~]|~[01])+)+$/;

/** The names that lead to a value, from the outermost object on. @param pointer one that {@link POINTER} matches */
export const namesOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The value that names lead to; undefined where one of them is not there. */
export function valueAt(value: unknown, names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A copy of an object with another value where names lead to. What stands in the way of them is replaced by objects. */
export function withValueAt(
  object: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (name === undefined) return object;
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  const given =
    rest.length === 0
      ? value
      : withValueAt(isObject(inner) ? inner : {}, rest, value);
  // Assigned as a property of its own: a name such as `__proto__` would otherwise set what the object inherits.
  return Object.fromEntries([
    ...Object.entries(object).filter(([other]) => other !== name),
    [name, given],
  ]);
}
