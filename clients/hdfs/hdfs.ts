import { randomUUID } from "node:crypto";
import { z } from "zod";
import { isOnHdfs, type Location } from "../../formats/hadoop/location";
import { directoryOf, isBelow, nameOf } from "../../lib/paths";
import { fatal } from "../errors";
import { FileChanged, rangeInPieces } from "./range-in-pieces";
import type { RandomAccess } from "../../lib/random-access";
import { OPEN_ACCESS } from "../hadoop-access";
import { type WebHdfsAddress, WebHdfsTransport } from "./webhdfs-transport";

export type FileStatus = {
  name: string;
  type: "FILE" | "DIRECTORY";
  /** Bytes; 0 for a directory. */
  length: number;
  /** Epoch ms. */
  mtime: number;
  owner: string;
};

/** A FileStatus as WebHDFS writes it (Hadoop's documentation, "FileStatus JSON Schema"); the fields that are used. */
const remoteStatus = z.object({
  pathSuffix: z.string(),
  type: z.enum(["FILE", "DIRECTORY", "SYMLINK"]),
  length: z.number(),
  modificationTime: z.number(),
  owner: z.string(),
});
type RemoteStatus = z.infer<typeof remoteStatus>;

const listing = z.object({
  FileStatuses: z.object({ FileStatus: z.array(remoteStatus) }),
});
const oneStatus = z.object({ FileStatus: remoteStatus });
const contentSummary = z.object({
  ContentSummary: z.object({
    fileCount: z.number(),
    directoryCount: z.number(),
    length: z.number(),
  }),
});

type Options = WebHdfsAddress & {
  /** By which authorities Hadoop writes this HDFS in locations; none where that is not known. */
  services?: string[];
  /** Nothing is written, removed or moved outside these directories. */
  allowedPrefixes: string[];
};

const statusOf = (name: string, remote: RemoteStatus): FileStatus => ({
  name,
  // A link is resolved by the NameNode when it is opened; it is listed like a file.
  type: remote.type === "DIRECTORY" ? "DIRECTORY" : "FILE",
  length: remote.length,
  mtime: remote.modificationTime,
  owner: remote.owner,
});

export { FileChanged };

/** A name beside a path for bytes that are not complete yet. */
const partOf = (path: string) => `${path}.${randomUUID()}.part`;

/**
 * HDFS over WebHDFS. Paths are absolute. A service that does not answer, or answers with an error, is a `ServiceError`; a path that
 * may not be changed is an `ApplicationFailure` of the type `NotAllowed`, and nothing was sent then.
 */
export class Hdfs {
  private readonly transport: WebHdfsTransport;

  constructor(
    private readonly options: Options,
    access = OPEN_ACCESS,
  ) {
    this.transport = new WebHdfsTransport(options, access);
  }

  /** Where a browser can download a file. */
  link(path: string): string {
    return this.transport.link("OPEN", path);
  }

  /**
   * Whether a location is on this HDFS, by what it says and what is configured. Undefined where that does not tell: an authority may be
   * another name of this HDFS, and a mount table may lead here.
   */
  owns(location: Location): boolean | undefined {
    if (!isOnHdfs(location)) return false;
    const { scheme, authority } = location;
    const { services = [], webhdfs } = this.options;
    const host = authority.replace(/^.*@/, "").replace(/:\d+$/, "");
    if (services.includes(authority) || services.includes(host)) return true;
    if (scheme === "viewfs" && authority === "") return undefined;
    if (authority === "") return true;
    const hosts = [webhdfs].flat().map((each) => new URL(each).hostname);
    if (scheme !== "viewfs" && hosts.includes(host)) return true;
    return services.length > 0 ? false : undefined;
  }

  /** A directory's children; undefined where it does not exist. */
  async list(path: string): Promise<FileStatus[] | undefined> {
    const answer = await this.transport.json("LISTSTATUS", path, listing);
    return answer?.FileStatuses.FileStatus.map((child) =>
      statusOf(child.pathSuffix, child),
    );
  }

  /** Files, directories (itself included) and bytes below a path, counted by the NameNode; undefined where it does not exist. */
  async summary(
    path: string,
  ): Promise<
    { files: number; directories: number; bytes: number } | undefined
  > {
    const answer = await this.transport.json(
      "GETCONTENTSUMMARY",
      path,
      contentSummary,
    );
    if (!answer) return undefined;
    const { fileCount, directoryCount, length } = answer.ContentSummary;
    return { files: fileCount, directories: directoryCount, bytes: length };
  }

  /** What the NameNode knows of a file or directory; undefined where it does not exist. */
  async stat(path: string): Promise<FileStatus | undefined> {
    const answer = await this.transport.json("GETFILESTATUS", path, oneStatus);
    return answer && statusOf(nameOf(path), answer.FileStatus);
  }

  /**
   * Asks whether something may be done with a file or directory, which does nothing with it.
   * @param action as in `r-x`
   * @returns false where it does not exist
   * @throws ServiceError that says AccessControlException where it may not
   */
  mayDo(path: string, action: string): Promise<boolean> {
    return this.transport.done("CHECKACCESS", path, { fsaction: action });
  }

  /** A file's bytes, or a range of them; undefined where it does not exist. */
  read(
    path: string,
    offset?: number,
    length?: number,
  ): Promise<Buffer | undefined> {
    return this.transport.bytes(path, { offset, length });
  }

  /** A file as UTF-8; undefined where it does not exist. */
  async readText(path: string): Promise<string | undefined> {
    return (await this.read(path))?.toString("utf8");
  }

  /**
   * Opens a file for reads of ranges; what is asked for beyond its end is left out.
   * @throws ApplicationFailure `BadFormat` where the file does not exist
   */
  async open(path: string): Promise<RandomAccess> {
    const status = await this.stat(path);
    if (!status)
      throw fatal("BadFormat", `${this.service}: ${path} does not exist`);
    const size = status.length;
    return {
      size,
      read: (offset, length) =>
        this.readExactly(path, offset, Math.min(length, size - offset)),
      pieces: (offset, length) =>
        rangeInPieces(
          {
            name: `${this.service}: ${path}`,
            pieces: (range) => this.transport.pieces(path, range),
            isSame: async () => {
              const now = await this.stat(path);
              return now?.length === size && now.mtime === status.mtime;
            },
          },
          offset,
          Math.min(length, size - offset),
        ),
    };
  }

  /** A range of a file's bytes, all of them. @throws FileChanged where the file has fewer, as one that was replaced or removed meanwhile */
  async readExactly(
    path: string,
    offset: number,
    length: number,
  ): Promise<Buffer> {
    if (length <= 0) return Buffer.alloc(0);
    const bytes = await this.read(path, offset, length);
    if (bytes?.length !== length)
      throw new FileChanged(
        `${this.service}: ${path} has changed while it was read: ${bytes?.length ?? 0} of ${length} bytes at ${offset}`,
      );
    return bytes;
  }

  /** Writes a whole file, its directory included; what was there is replaced. A reader may see half of it meanwhile. */
  async write(path: string, data: Buffer | string): Promise<void> {
    this.mustBeAllowed(path);
    await this.transport.upload(path, Buffer.from(data));
  }

  /** Writes a whole file in one stroke: whoever reads it finds the old or the new bytes, never half of them. */
  async replace(path: string, data: Buffer | string): Promise<void> {
    const part = partOf(path);
    await this.write(part, data);
    const moved = await this.transport.done("RENAME", part, {
      destination: path,
      renameoptions: "OVERWRITE",
    });
    if (!moved)
      throw new Error(
        `${this.service}: ${part} has disappeared, or may not replace ${path}`,
      );
  }

  /**
   * Moves a file to a name that nothing has yet, in one stroke: of several that try, one succeeds.
   * @returns whether it was this one; false also where there is no such file
   */
  async claim(from: string, to: string): Promise<boolean> {
    this.mustBeAllowed(from);
    this.mustBeAllowed(to);
    if (await this.moveToFreeName(from, to)) return true;
    // The directory may be lacking, which is so once for many files.
    await this.mkdir(directoryOf(to));
    return this.moveToFreeName(from, to);
  }

  /** Writes a file where there is none, in one stroke. @returns whether it did; false where a file was there already */
  async create(path: string, data: Buffer | string): Promise<boolean> {
    const part = partOf(path);
    await this.write(part, data);
    // The directory exists by now: the part lies in it.
    const created = await this.moveToFreeName(part, path);
    if (!created) await this.remove(part);
    return created;
  }

  /** Makes a directory and those above it; one that exists stays as it is. */
  async mkdir(path: string): Promise<void> {
    if (!(await this.transport.done("MKDIRS", path, { permission: "0755" })))
      throw new Error(`${this.service}: ${path} cannot be made`);
  }

  /** Removes one file. @returns whether it was there */
  async remove(path: string): Promise<boolean> {
    this.mustBeAllowed(path);
    return this.transport.done("DELETE", path, { recursive: false });
  }

  /**
   * Moves a path to a new name.
   * @throws ApplicationFailure `NotAllowed` where the target exists: HDFS would move the path into it
   * @throws Error where the NameNode refuses, as it does where there is nothing to move
   */
  async rename(from: string, to: string): Promise<void> {
    this.mustBeAllowed(from);
    this.mustBeAllowed(to);
    if (await this.stat(to))
      throw fatal("NotAllowed", `${to} exists, ${from} is not moved into it`);
    if (!(await this.moveToFreeName(from, to)))
      throw new Error(`${this.service}: ${from} was not moved to ${to}`);
  }

  /** Without the option OVERWRITE a move onto a file that exists is refused. @returns whether the path was moved */
  private moveToFreeName(from: string, to: string): Promise<boolean> {
    return this.transport.done("RENAME", from, { destination: to });
  }

  private get service(): string {
    return `HDFS at ${this.options.webhdfs}`;
  }

  private mustBeAllowed(path: string): void {
    const { allowedPrefixes } = this.options;
    if (!allowedPrefixes.some((prefix) => isBelow(path, prefix)))
      throw fatal(
        "NotAllowed",
        `${path} lies outside allowedPrefixes (${allowedPrefixes.join(", ")}); nothing was changed`,
      );
  }
}
