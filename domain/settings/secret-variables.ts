import type { Config } from "./config";
import { ENVIRONMENT } from "./environment";

/** Variables that are secrets whatever the configuration says. A name that ends with `*` stands for all that begin so. */
const ALWAYS = ENVIRONMENT.filter(({ isSecret }) => isSecret).map(
  ({ name }) => name,
);

/** The names in all `{variable: NAME}` of a configuration. */
function named(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const entries = Object.entries(value);
  const [first] = entries;
  // A header may have this name, too: what it has is a section.
  return entries.length === 1 &&
    first![0] === "variable" &&
    typeof first![1] === "string"
    ? [first![1]]
    : entries.flatMap(([, each]) => named(each));
}

/** Tells by its name whether an environment variable holds a secret of Sisyphus' own, which is no business of the programs that it starts. */
export function secretVariables(config: Config): (name: string) => boolean {
  const names = new Set([...ALWAYS, ...named(config)]);
  const prefixes = ALWAYS.flatMap((name) =>
    name.endsWith("*") ? name.slice(0, -1) : [],
  );
  return (name) =>
    names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
