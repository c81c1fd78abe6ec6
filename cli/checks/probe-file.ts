import { randomUUID } from "node:crypto";
import type { Hdfs } from "../../clients/hdfs/hdfs";

type Client = Pick<Hdfs, "write" | "rename" | "remove">;

/** How a NameNode, a DataNode and an HttpFS say that somebody may not do something. */
export const isDenied = (error: unknown): boolean =>
  /AccessControlException|Permission denied/.test((error as Error).message);

const TEXT =
  "Written by `sisyphus config check`, which removes it within seconds.\n";

/**
 * A file of a name that nobody else uses, written, renamed and removed below a folder. It is removed whatever happens; whoever is about to end
 * the process waits for {@link stop}.
 */
export class ProbeFile {
  readonly path: string;
  private readonly renamed: string;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly hdfs: Client,
    folder: string,
  ) {
    this.path = `${folder}/sisyphus-check-${randomUUID()}`;
    this.renamed = `${this.path}.renamed`;
  }

  /** @throws whatever HDFS refuses; or Error that names the file where it could not be removed */
  run(): Promise<void> {
    const running = this.tryAll();
    this.running = running.catch(() => undefined);
    return running;
  }

  /** Begins nothing more, and waits until the file is gone: one that is being written can only be removed after that. */
  stop(): Promise<void> {
    this.isStopped = true;
    return this.running;
  }

  private async tryAll(): Promise<void> {
    if (this.isStopped) return;
    let failure: unknown;
    try {
      await this.hdfs.write(this.path, TEXT);
    } catch (error) {
      // Nothing was made then, and nothing may be removed there.
      if (isDenied(error)) throw error;
      failure = error;
    }
    try {
      if (failure === undefined && !this.isStopped)
        await this.hdfs.rename(this.path, this.renamed);
    } catch (error) {
      failure = error;
    }
    // A failure may have come after the file, or after its new name.
    let isLeft = false;
    for (const path of [this.renamed, this.path])
      await this.hdfs.remove(path).catch((error: unknown) => {
        isLeft = true;
        failure ??= error;
      });
    if (failure === undefined) return;
    const { message } = failure as Error;
    throw new Error(
      isLeft
        ? `${message}; ${this.path} (or ${this.renamed}) may be left behind`
        : message,
      { cause: failure },
    );
  }
}
