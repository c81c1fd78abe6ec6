import type { Storage } from "../../../clients/storage";

/**
 * Reads the files of a folder of storage, each once for each of its versions (its time): most of them never change.
 * @param read reads one of them by its name
 * @returns a function that gives what the files hold now, by name
 */
export function folderReader<T>(
  storage: Pick<Storage, "list">,
  folder: string,
  read: (name: string) => Promise<T>,
): () => Promise<Map<string, T>> {
  let known = new Map<string, { mtime: number; value: T }>();
  return async () => {
    const now: typeof known = new Map();
    for (const { name, mtime } of await storage.list(folder)) {
      const before = known.get(name);
      now.set(
        name,
        before?.mtime === mtime ? before : { mtime, value: await read(name) },
      );
    }
    known = now;
    return new Map([...now].map(([name, { value }]) => [name, value]));
  };
}
