import type { Config } from "./config";
import { ENVIRONMENT } from "./environment";

/** Variables that are secrets whatever the configuration says; the list that docs/configuration.md shows calls them so. */
const ALWAYS = ENVIRONMENT.filter(({ meaning }) =>
  meaning.startsWith("A secret:"),
).map(({ name }) => name);

/** Headers of requests to Temporal, of which one may say who asks. */
const HEADERS = "TEMPORAL_GRPC_META_";

/** The names in all `{variable: NAME}` of a configuration. */
function named(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const entries = Object.entries(value);
  const [first] = entries;
  return entries.length === 1 && first![0] === "variable"
    ? [String(first![1])]
    : entries.flatMap(([, each]) => named(each));
}

/** Tells by its name whether an environment variable holds a secret of Sisyphus' own, which is no business of the programs that it starts. */
export function secretVariables(config: Config): (name: string) => boolean {
  const names = new Set([...ALWAYS, ...named(config)]);
  return (name) => names.has(name) || name.startsWith(HEADERS);
}
