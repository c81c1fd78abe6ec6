import { isUnfinished } from "../formats/hadoop/temporary-names";
import { canonicalJson } from "../lib/canonical-json";
import { sha256 } from "../lib/digest";
import { parseJson } from "../lib/json";
import type { Hdfs } from "./hdfs/hdfs";
import type { Place } from "./storage-layout";

/** The path below which the control worker serves what people read. */
export const REPORTS = "/reports/";

/**
 * What workflows keep outside their histories: plans, journals, missing events, reports; on HDFS, a folder a workflow.
 * storage-layout.ts says what lies where. A reference (`ref`) is an absolute path on HDFS.
 * HDFS takes no colon in a path, and a schedule puts a time into its workflows' ids: a colon is written as `_`.
 */
export class Storage {
  constructor(
    private readonly hdfs: Hdfs,
    private readonly root: string,
    /** Where the control worker serves reports; without it links lead to WebHDFS, which gives them as downloads. */
    private readonly served?: string,
  ) {}

  /** Where a browser can open what lies at a reference. */
  link(ref: string): string {
    return this.served
      ? `${this.served.replace(/\/$/, "")}${REPORTS}${encodeURI(ref.slice(this.root.length + 1))}`
      : this.hdfs.link(ref);
  }

  /** A place as a path on HDFS: the reference of what is kept there. */
  path({ folder, name }: Place<unknown>): string {
    return `${this.root}/${folder}/${name}`.replaceAll(":", "_");
  }

  /** Whether a reference leads into this storage, and not elsewhere on HDFS. */
  holds(ref: string): boolean {
    return ref.startsWith(`${this.root}/`) && !ref.split("/").includes("..");
  }

  /** When a file was written, epoch ms; undefined where there is none. */
  async writtenAt(place: Place<unknown>): Promise<number | undefined> {
    return (await this.hdfs.stat(this.path(place)))?.mtime;
  }

  /** The text that a reference leads to; undefined where it leads nowhere. */
  readRefTextIfAny(ref: string): Promise<string | undefined> {
    return this.hdfs.readText(ref);
  }

  /** Names of the files in a folder, without those that are not written to their end; none where there is no such folder. */
  async list(folder: string): Promise<{ name: string; mtime: number }[]> {
    const files = await this.hdfs.list(this.path({ folder, name: "" }));
    return (files ?? []).filter(({ name }) => !isUnfinished(name));
  }

  /** Writes JSON, equal values as equal bytes; what was there is replaced in one stroke. @returns its reference */
  write<T>(place: Place<T>, value: T): Promise<string> {
    return this.writeText(place, canonicalJson(value));
  }

  /**
   * Writes JSON to a place that its digest names: whoever was to write the same once and wakes up late with something else writes beside it.
   * @returns its reference
   */
  writeByDigest<T>(
    placeOf: (digest: string) => Place<T>,
    value: T,
  ): Promise<string> {
    const text = canonicalJson(value);
    return this.writeText(placeOf(sha256(text)), text);
  }

  /** Writes a text; what was there is replaced in one stroke. @returns its reference */
  async writeText(
    place: Place<unknown>,
    text: string | Buffer,
  ): Promise<string> {
    const ref = this.path(place);
    await this.hdfs.replace(ref, text);
    return ref;
  }

  /**
   * Records something once: where a record is there already, it stays, and is what counts. An attempt that froze and wakes up late
   * must not replace what others have built on. @returns the record
   */
  async recordOnce<T>(place: Place<T>, value: T): Promise<T> {
    await this.hdfs.create(this.path(place), canonicalJson(value));
    const record = await this.read(place);
    // Then another one may be there, of which HDFS does not tell: this value must not be built on.
    if (record === undefined)
      throw new Error(`${this.path(place)} is recorded, and cannot be read`);
    return record;
  }

  /** What a JSON file holds; undefined where there is none. @throws Error that names the file, where it holds no JSON */
  async read<T>(place: Place<T>): Promise<T | undefined> {
    const text = await this.readText(place);
    return text === undefined
      ? undefined
      : (parseJson(text, this.path(place)) as T);
  }

  readText(place: Place<unknown>): Promise<string | undefined> {
    return this.hdfs.readText(this.path(place));
  }

  readBytes(place: Place<unknown>): Promise<Buffer | undefined> {
    return this.hdfs.read(this.path(place));
  }

  /** Whether something is recorded at a place. */
  async has(place: Place<unknown>): Promise<boolean> {
    return (await this.readText(place)) !== undefined;
  }

  /** What a reference leads to. @throws Error where it leads nowhere, or to no JSON */
  async readRef<T>(ref: string): Promise<T> {
    return parseJson(await this.readRefText(ref), ref) as T;
  }

  /** @throws Error where the reference leads nowhere */
  async readRefText(ref: string): Promise<string> {
    const text = await this.hdfs.readText(ref);
    if (text === undefined) throw new Error(`${ref} is missing from storage`);
    return text;
  }
}
