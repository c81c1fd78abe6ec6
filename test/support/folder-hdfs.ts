import {
  link,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Hdfs } from "../../clients/hdfs/hdfs";

/**
 * A folder of this machine with as much of HDFS as searches and readings of logs need, where HDFS is not what is looked at. Several processes may
 * use it, and one that is killed leaves no half of a file behind under its name, as on HDFS.
 */
export function folderAsHdfs(folder: string): Hdfs {
  const place = (path: string) => join(folder, path);
  const readText = (path: string) =>
    readFile(place(path), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  let parts = 0;
  /** Writes beside the final name. @returns where */
  const writePart = async (path: string, text: string | Buffer) => {
    const part = `${place(path)}.${process.pid}-${parts++}.part`;
    await mkdir(dirname(part), { recursive: true });
    await writeFile(part, text);
    return part;
  };
  const files = {
    readText,
    list: async () => undefined,
    replace: async (path: string, text: string | Buffer) =>
      rename(await writePart(path, text), place(path)),
    create: async (path: string, text: string | Buffer) => {
      const part = await writePart(path, text);
      try {
        await link(part, place(path));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        return false;
      } finally {
        await rm(part);
      }
    },
    open: async (path: string) => ({
      size: (await stat(place(path))).size,
      read: async (at: number, length: number) => {
        const handle = await open(place(path));
        try {
          const bytes = Buffer.allocUnsafe(length);
          const { bytesRead } = await handle.read(bytes, 0, length, at);
          return bytes.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      },
    }),
  };
  return files as unknown as Hdfs;
}
