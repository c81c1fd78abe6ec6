import { randomUUID } from "node:crypto";
import WebHdfs from "webhdfs";
import { calling, fatal } from "../errors";
import { isBelow } from "../../lib/paths";
import { countRequest } from "../../lib/request-count";
import type { RandomAccess } from "../../lib/random-access";

export type FileStatus = {
  name: string;
  type: "FILE" | "DIRECTORY";
  length: number;
  /** Epoch ms. */
  mtime: number;
  owner: string;
};

const TIMEOUT_MS = 30_000;

type Options = { webhdfs: string; user: string; allowedPrefixes: string[] };

/**
 * HDFS over WebHDFS: the npm client for what changes things, fetch for reads (ranges, absent paths told from errors, time-outs).
 * Nothing is removed or moved outside the allowed prefixes.
 */
export class Hdfs {
  private readonly client: WebHdfs.Client;

  constructor(private readonly options: Options) {
    const { hostname, port, protocol } = new URL(options.webhdfs);
    this.client = WebHdfs.createClient(
      {
        host: hostname,
        port: Number(port),
        protocol: protocol.slice(0, -1),
        path: "/webhdfs/v1",
        user: options.user,
      },
      { timeout: TIMEOUT_MS },
    );
  }

  link(path: string): string {
    return `${this.options.webhdfs}/webhdfs/v1${encodeURI(path)}?op=OPEN&user.name=${this.options.user}`;
  }

  private get address(): string {
    return this.options.webhdfs;
  }

  private async request(
    method: string,
    op: string,
    path: string,
    query = "",
  ): Promise<Response | undefined> {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    // A read is sent on to a DataNode.
    countRequest("HDFS", op === "OPEN" ? 2 : 1);
    return calling("HDFS", this.address, async () => {
      const response = await fetch(
        `${this.address}/webhdfs/v1${encoded}?op=${op}&user.name=${this.options.user}${query}`,
        {
          method,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        },
      );
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) {
        const body = (await response.json().catch(() => ({}))) as {
          RemoteException?: { exception: string; message: string };
        };
        throw new Error(
          `${op} ${path}: ${body.RemoteException ? `${body.RemoteException.exception}: ${body.RemoteException.message.split("\n")[0]}` : response.status}`,
        );
      }
      return response;
    });
  }

  /** A directory's children; undefined where it does not exist. */
  async list(path: string): Promise<FileStatus[] | undefined> {
    const response = await this.request("GET", "LISTSTATUS", path);
    if (!response) return undefined;
    const body = (await response.json()) as {
      FileStatuses: {
        FileStatus: {
          pathSuffix: string;
          type: "FILE" | "DIRECTORY";
          length: number;
          modificationTime: number;
          owner: string;
        }[];
      };
    };
    return body.FileStatuses.FileStatus.map((s) => ({
      name: s.pathSuffix,
      type: s.type,
      length: s.length,
      mtime: s.modificationTime,
      owner: s.owner,
    }));
  }

  /** Files, directories (itself included) and bytes below a path, counted by the NameNode; undefined where it does not exist. */
  async summary(
    path: string,
  ): Promise<
    { files: number; directories: number; bytes: number } | undefined
  > {
    const response = await this.request("GET", "GETCONTENTSUMMARY", path);
    if (!response) return undefined;
    const { ContentSummary: c } = (await response.json()) as {
      ContentSummary: {
        fileCount: number;
        directoryCount: number;
        length: number;
      };
    };
    return {
      files: c.fileCount,
      directories: c.directoryCount,
      bytes: c.length,
    };
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    const response = await this.request("GET", "GETFILESTATUS", path);
    if (!response) return undefined;
    const { FileStatus: s } = (await response.json()) as {
      FileStatus: {
        type: "FILE" | "DIRECTORY";
        length: number;
        modificationTime: number;
        owner: string;
      };
    };
    return {
      name: path.slice(path.lastIndexOf("/") + 1),
      type: s.type,
      length: s.length,
      mtime: s.modificationTime,
      owner: s.owner,
    };
  }

  /** A file's bytes, or a range of them; undefined where it does not exist. */
  async read(
    path: string,
    offset?: number,
    length?: number,
  ): Promise<Buffer | undefined> {
    const query = `${offset === undefined ? "" : `&offset=${offset}`}${length === undefined ? "" : `&length=${length}`}`;
    const response = await this.request("GET", "OPEN", path, query);
    return response && Buffer.from(await response.arrayBuffer());
  }

  async readText(path: string): Promise<string | undefined> {
    return (await this.read(path))?.toString("utf8");
  }

  /** @throws ApplicationFailure where the file does not exist */
  async open(path: string): Promise<RandomAccess> {
    const status = await this.stat(path);
    if (!status)
      throw fatal(
        "BadFormat",
        `HDFS at ${this.address}: ${path} does not exist`,
      );
    return {
      size: status.length,
      read: async (offset, length) =>
        length === 0
          ? Buffer.alloc(0)
          : ((await this.read(path, offset, length)) ?? Buffer.alloc(0)),
    };
  }

  private call(
    act: (done: (error: Error | null) => void) => void,
  ): Promise<void> {
    return calling(
      "HDFS",
      this.address,
      () =>
        new Promise((done, fail) =>
          act((error) => (error ? fail(error) : done())),
        ),
    );
  }

  /** Writes a whole file, its directory included; what was there is replaced. */
  async write(path: string, data: Buffer | string): Promise<void> {
    this.check(path);
    await this.call((done) =>
      this.client.writeFile(path, data, false, {}, done),
    );
  }

  /** Writes a whole file in one stroke: whoever reads it finds the old or the new bytes, never half of them. */
  async replace(path: string, data: Buffer | string): Promise<void> {
    const part = `${path}.${randomUUID()}.part`;
    await this.write(part, data);
    const response = await this.move(part, path, "&renameoptions=OVERWRITE");
    await response?.body?.cancel();
    if (!response)
      throw new Error(`HDFS at ${this.address}: ${part} has disappeared`);
  }

  /**
   * Moves a file to a name that nothing has yet, in one stroke: of several that try, one succeeds. Whether it was this one;
   * false also where there is no such file.
   */
  async claim(from: string, to: string): Promise<boolean> {
    this.check(from);
    this.check(to);
    await this.mkdir(to.slice(0, to.lastIndexOf("/")));
    return this.moveToFree(from, to);
  }

  private move(
    from: string,
    to: string,
    options = "",
  ): Promise<Response | undefined> {
    return this.request(
      "PUT",
      "RENAME",
      from,
      `&destination=${encodeURIComponent(to)}${options}`,
    );
  }

  private async moveToFree(from: string, to: string): Promise<boolean> {
    const response = await this.move(from, to);
    return (
      ((await response?.json()) as { boolean: boolean } | undefined)?.boolean ??
      false
    );
  }

  /** Writes a file where there is none, in one stroke; whether it did. */
  async create(path: string, data: Buffer | string): Promise<boolean> {
    const part = `${path}.${randomUUID()}.part`;
    await this.write(part, data);
    // Its directory is there: the part lies in it.
    const made = await this.moveToFree(part, path);
    if (!made) await this.remove(part);
    return made;
  }

  async mkdir(path: string): Promise<void> {
    await this.call((done) => this.client.mkdir(path, done));
  }

  /** Removes one file; whether it was there. */
  async remove(path: string): Promise<boolean> {
    this.check(path);
    const response = await this.request(
      "DELETE",
      "DELETE",
      path,
      "&recursive=false",
    );
    return (
      ((await response?.json()) as { boolean: boolean } | undefined)?.boolean ??
      false
    );
  }

  /** Moves a path to a new name. @throws where the target exists: HDFS would move into it */
  async rename(from: string, to: string): Promise<void> {
    this.check(from);
    this.check(to);
    if (await this.stat(to))
      throw fatal("NotAllowed", `${to} exists, ${from} is not moved into it`);
    await this.call((done) => this.client.rename(from, to, done));
  }

  private check(path: string): void {
    if (!this.options.allowedPrefixes.some((prefix) => isBelow(path, prefix))) {
      throw fatal(
        "NotAllowed",
        `${path} lies outside allowedPrefixes (${this.options.allowedPrefixes.join(", ")}); nothing was changed`,
      );
    }
  }
}
