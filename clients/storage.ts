import { createHash } from "node:crypto";
import type { Hdfs } from "./hdfs/hdfs";

export const REPORTS = "/reports/";

/**
 * What a workflow keeps outside its history: plans, journals, missing events, reports; on HDFS, a folder a workflow.
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

  path(workflowId: string, name: string): string {
    return `${this.root}/${workflowId}/${name}`.replaceAll(":", "_");
  }

  async put(
    workflowId: string,
    name: string,
    text: string,
  ): Promise<{ ref: string; digest: string }> {
    const ref = this.path(workflowId, name);
    await this.hdfs.replace(ref, text);
    return { ref, digest: createHash("sha256").update(text).digest("hex") };
  }

  /**
   * Records something once: where a record is there already, it stays, and is what counts. An attempt that froze and wakes up late
   * must not replace what others have built on. @returns the record
   */
  async once(workflowId: string, name: string, text: string): Promise<string> {
    await this.hdfs.create(this.path(workflowId, name), text);
    return (await this.get(workflowId, name)) ?? text;
  }

  get(workflowId: string, name: string): Promise<string | undefined> {
    return this.hdfs.readText(this.path(workflowId, name));
  }

  /** @throws Error where the reference leads nowhere */
  async read<T>(ref: string): Promise<T> {
    const text = await this.hdfs.readText(ref);
    if (text === undefined) throw new Error(`${ref} is missing from storage`);
    return JSON.parse(text) as T;
  }
}
