/**
 * Parses JSON. The engine's own error quotes the text around the fault; what lies there may be people's data, so that it is not passed on.
 * @param what names the text for the error
 * @throws Error where the text is no JSON
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${what} is no JSON (${text.length} characters)`);
  }
}

/** JSON, or undefined where a text is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a value of JSON is an object in which some names have numbers. */
export const hasNumbers = <Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Record<Name, number> =>
  typeof value === "object" &&
  value !== null &&
  names.every(
    (name) => typeof (value as Record<string, unknown>)[name] === "number",
  );
