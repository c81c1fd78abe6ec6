/** What the names of a schema's tables begin with: EventLogging writes what is no letter or digit as `_`. */
export const tablePrefix = (schema: string): string =>
  schema.replaceAll(/[^A-Za-z0-9]/g, "_");

/** What a table's name says: `<prefix>_<revision>`. Undefined where it is no table of events. */
export function tableIn(
  name: string,
): { prefix: string; revision: number } | undefined {
  const found = /^(.+)_(\d{1,15})$/s.exec(name);
  return found ? { prefix: found[1]!, revision: Number(found[2]) } : undefined;
}
