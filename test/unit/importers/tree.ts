import type { Hdfs } from "../../../clients/hdfs/hdfs";

/** What a file holds, and when it was written, epoch ms. */
export type TreeFile = { bytes: Buffer; mtime?: number };

/** HDFS with some files, and which of them were read. What a test puts into `files` later is there from then on. */
export function treeOf(files: Record<string, Buffer | TreeFile>) {
  const reads: string[] = [];
  const fileAt = (path: string): TreeFile | undefined => {
    const found = files[path];
    return Buffer.isBuffer(found) ? { bytes: found } : found;
  };
  const bytesAt = (path: string, at = 0, length?: number) => {
    reads.push(path);
    const { bytes } = fileAt(path) ?? {};
    return bytes?.subarray(at, length === undefined ? undefined : at + length);
  };
  const list = async (dir: string) => {
    const below = Object.keys(files).filter((path) =>
      path.startsWith(`${dir}/`),
    );
    if (below.length === 0) return undefined;
    const names = below.map((path) => path.slice(dir.length + 1).split("/"));
    return [...new Set(names.map(([name]) => name!))].map((name) => {
      const file = fileAt(`${dir}/${name}`);
      return {
        name,
        type: file ? ("FILE" as const) : ("DIRECTORY" as const),
        length: file?.bytes.length ?? 0,
        mtime: file?.mtime ?? 0,
        owner: "x",
      };
    });
  };
  const summary = async (dir: string) => {
    const below = Object.entries(files).filter(([path]) =>
      path.startsWith(`${dir}/`),
    );
    return {
      files: below.length,
      directories: 1,
      bytes: below.reduce((sum, [path]) => sum + fileAt(path)!.bytes.length, 0),
    };
  };
  const hdfs = {
    list,
    summary,
    read: async (path: string, at?: number, length?: number) =>
      bytesAt(path, at, length),
    readExactly: async (path: string, at: number, length: number) =>
      bytesAt(path, at, length)!,
  } as unknown as Hdfs;
  return { hdfs, reads, files };
}
