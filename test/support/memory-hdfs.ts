import type { Hdfs } from "../../clients/hdfs/hdfs";

/** Files in memory with as much of HDFS as storage and line files need. */
export class MemoryFiles {
  readonly texts = new Map<string, string>();

  /** As the client that the code under test takes. */
  get hdfs(): Hdfs {
    return this as unknown as Hdfs;
  }
  async readText(path: string) {
    return this.texts.get(path);
  }
  /** The files right below a directory. */
  async list(directory: string) {
    const start = directory.replace(/\/?$/, "/");
    const names = [...this.texts.keys()]
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length))
      .filter((name) => !name.includes("/"));
    return names.length > 0
      ? names.map((name) => ({ name, mtime: 0 }))
      : undefined;
  }
  async replace(path: string, text: string) {
    this.texts.set(path, text);
  }
  async create(path: string, text: string) {
    if (!this.texts.has(path)) this.texts.set(path, text);
  }
  async open(path: string) {
    const bytes = Buffer.from(this.texts.get(path)!);
    return {
      size: bytes.length,
      read: async (at: number, length: number) =>
        bytes.subarray(at, at + length),
    };
  }
}
