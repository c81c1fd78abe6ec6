/** Where a search looked for what was lost. It is serialized: its fields keep their names. */
export type SearchedSources = {
  /** Hosts whose archive was asked, and how many files it had of it. */
  archives: { host: string; files: number }[];
  /** Hosts that the configuration names, and that were not asked. */
  notAsked: string[];
  /** Whether MySQL was asked: it need not be configured. */
  mysql: boolean;
};

/** Hosts of which it is not known what they have: they were not asked, or had no file to look into. */
const unknownHosts = ({ archives, notAsked }: SearchedSources): string[] => [
  ...notAsked,
  ...archives.filter(({ files }) => files === 0).map(({ host }) => host),
];

/**
 * What lost offsets are that no source has an event of. What a host has that was not asked is unknowable, and never unrecoverable.
 * @param sources absent in answers before 0.3.0, which do not tell
 */
export const lackingIs = (sources: SearchedSources | undefined): string =>
  sources && unknownHosts(sources).length > 0
    ? "not found where was asked"
    : "unrecoverable";

/** Which sources were asked and which were not, in sentences. */
export function sourcesInWords(sources: SearchedSources): string {
  const { archives, notAsked, mysql } = sources;
  const asked = [
    ...archives.map(
      ({ host, files }) => `the archive of ${host} (${files} files)`,
    ),
    ...(mysql ? ["MySQL"] : []),
  ];
  const others = [...notAsked, ...(mysql ? [] : ["MySQL (not configured)"])];
  return [
    `Asked: ${asked.join(", ") || "nothing"}.`,
    ...(others.length > 0 ? [`Not asked: ${others.join(", ")}.`] : []),
    ...(unknownHosts(sources).length > 0
      ? [
          `What ${unknownHosts(sources).join(", ")} may have is not unrecoverable: another saga may find it there.`,
        ]
      : []),
  ].join(" ");
}

/** What searches of several shards asked, each of all sources: what one of them did not ask, was not asked for its topics. */
export function mergeSources(
  a: SearchedSources,
  b: SearchedSources,
): SearchedSources {
  const notAsked = [...new Set([...a.notAsked, ...b.notAsked])];
  const files = new Map<string, number>();
  for (const { host, files: count } of [...a.archives, ...b.archives])
    files.set(host, Math.min(files.get(host) ?? Infinity, count));
  return {
    archives: [...files]
      .filter(([host]) => !notAsked.includes(host))
      .map(([host, count]) => ({ host, files: count })),
    notAsked,
    mysql: a.mysql && b.mysql,
  };
}
