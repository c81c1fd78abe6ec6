/** What a worker says of itself in its identity. */
export type WorkerIdentity = {
  /** `<process id>@<host>`. */
  process: string;
  /** Of Sisyphus. */
  version: string;
  /** The digest of its configuration (config-digest.ts). */
  config: string;
};

/** The identity of a worker, as Temporal shows it to people. */
export const identityText = (worker: WorkerIdentity): string =>
  `${worker.process} sisyphus ${worker.version} config ${worker.config}`;

/** The inverse; undefined where the worker is an older one, or none of Sisyphus. */
export function readIdentity(text: string): WorkerIdentity | undefined {
  const found = /^(\S+) sisyphus (\S+) config ([0-9a-f]+)$/.exec(text);
  if (!found) return undefined;
  const [, process, version, config] = found;
  return { process: process!, version: version!, config: config! };
}
