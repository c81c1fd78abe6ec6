import {
  type Dataset,
  datasetOf,
  directoryOf,
  type NamingRules,
} from "../settings/dataset";

/** Underscores of a directory's name that may have been dots: 64 names are tried. */
const MAX_DOTS = 6;

/** The HDFS folder that holds a directory for each topic, and what of such a directory's name is not the topic's. */
export function rawRoot({ rawPath }: Pick<NamingRules, "rawPath">): {
  folder: string;
  before: string;
  after: string;
} {
  const [start, end] = rawPath.split("{topic}") as [string, string];
  const slash = start.lastIndexOf("/");
  return {
    folder: start.slice(0, slash) || "/",
    before: start.slice(slash + 1),
    after: end.split("/")[0]!,
  };
}

/**
 * The topics of directories of raw hours that no known topic has. A directory writes `.` as `_`. Its topic is called as it was once known
 * to be; else as the first name that leads to the directory and that the rules cover.
 * @param names of the entries of {@link rawRoot}'s folder
 * @param known names of topics that are audited already, or that Kafka has
 * @param once names that topics had once, such as those of the importer's old positions
 */
export function topicsOfDirectories(
  names: string[],
  known: Iterable<string>,
  once: Iterable<string>,
  naming: NamingRules,
): string[] {
  const { before, after } = rawRoot(naming);
  const asDirectory = (topic: string) => directoryOf(topic, naming);
  const taken = new Set([...known].map(asDirectory));
  const formerly = new Map(
    datasetsOf(once, naming).map(({ topic }) => [asDirectory(topic), topic]),
  );
  return names.flatMap((name) => {
    if (!name.startsWith(before) || !name.endsWith(after)) return [];
    const directory = name.slice(before.length, name.length - after.length);
    if (taken.has(directory)) return [];
    const topic =
      formerly.get(directory) ??
      (naming.keepDots ? [directory] : withDots(directory)).find((each) =>
        datasetOf(each, naming),
      );
    return topic === undefined ? [] : [topic];
  });
}

/** The names that a directory may stand for: as it is first, then with dots for some of its first underscores. */
function withDots(directory: string): string[] {
  const parts = directory.split("_");
  const places = Math.min(parts.length - 1, MAX_DOTS);
  return Array.from({ length: 1 << places }, (_, dots) =>
    parts.reduce(
      (name, part, i) => `${name}${(dots >> (i - 1)) & 1 ? "." : "_"}${part}`,
    ),
  );
}

/**
 * The topics of tables that no known topic has. A table does not tell how its topic writes the schema. The topic is called as it was once
 * known to be; else as the others are, with the table's own name for the schema.
 * @param tables names of the database's tables, as Hive knows them
 * @param known names of topics that are audited already, or that Kafka has
 * @param once names that topics had once, such as those of the importer's old positions
 */
export function topicsOfTables(
  tables: string[],
  known: Iterable<string>,
  once: Iterable<string>,
  naming: NamingRules,
): string[] {
  const datasets = datasetsOf(known, naming);
  const former = datasetsOf(once, naming);
  const taken = new Set(datasets.map(({ table }) => table));
  const formerly = new Map(former.map(({ table, topic }) => [table, topic]));
  const frames = new Map(
    [...datasets, ...former].map(({ topic, schema }) => {
      const at = topic.lastIndexOf(schema);
      const frame = [topic.slice(0, at), topic.slice(at + schema.length)];
      return [JSON.stringify(frame), frame];
    }),
  );
  return tables
    .filter((table) => !taken.has(table))
    .flatMap((table) => {
      const named =
        formerly.get(table) ??
        [...frames.values()]
          .map((frame) => frame.join(table))
          .find((topic) => datasetOf(topic, naming)?.table === table);
      return named ?? [];
    });
}

const datasetsOf = (topics: Iterable<string>, naming: NamingRules): Dataset[] =>
  [...topics].flatMap((topic) => datasetOf(topic, naming) ?? []);
