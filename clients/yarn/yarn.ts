import { calling } from "../errors";

/** An application as the ResourceManager's REST API ("Cluster Application API") describes it; the fields that are used. */
export type Application = {
  id: string;
  name: string;
  /** NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING, FINISHED, FAILED or KILLED. */
  state: string;
  /** What the application says of itself: UNDEFINED until it has ended, then SUCCEEDED, FAILED or KILLED. */
  finalStatus: string;
  trackingUrl: string;
  /** Epoch ms. */
  startedTime: number;
  /** Milliseconds. */
  elapsedTime: number;
  /** Separated by commas, in lower case. */
  applicationTags: string;
  logAggregationStatus: string;
  diagnostics: string;
  user: string;
  /** Where a NodeManager shows the log of the application's master. */
  amContainerLogs?: string;
};

const ENDED = new Set(["FINISHED", "FAILED", "KILLED"]);
/** Whether an application is a Refine job, whichever version: judged by its name. */
export const isRefine = (app: Application) => /refine/i.test(app.name);
/** Whether an application has ended, well or not. */
export const hasEnded = (app: Application) => ENDED.has(app.state);

/** YARN's ResourceManager, by its REST API. Every failure is a ServiceError, except where a method says otherwise. */
export class Yarn {
  constructor(
    /** The ResourceManager's http(s) address. */
    private readonly address: string,
    private readonly user: string,
  ) {}

  /** What the ResourceManager answers; undefined where it knows no such thing. */
  private get<T>(path: string): Promise<T | undefined> {
    return calling("YARN ResourceManager", this.address, async () => {
      const response = await fetch(`${this.address}/ws/v1/cluster${path}`, {
        signal: AbortSignal.timeout(10_000),
        headers: { accept: "application/json" },
      });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
      return (await response.json()) as T;
    });
  }

  /** Applications with a tag, the first started first. */
  async byTag(tag: string): Promise<Application[]> {
    const body = await this.get<{ apps: { app: Application[] } | null }>(
      `/apps?applicationTags=${encodeURIComponent(tag.toLowerCase())}`,
    );
    return (body?.apps?.app ?? []).sort(
      (a, b) => a.startedTime - b.startedTime || (a.id < b.id ? -1 : 1),
    );
  }

  /** Applications that have not ended. */
  async running(): Promise<Application[]> {
    const body = await this.get<{ apps: { app: Application[] } | null }>(
      "/apps?states=NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING",
    );
    return body?.apps?.app ?? [];
  }

  /** One application; undefined where the ResourceManager knows none of that id, or no longer. */
  async application(id: string): Promise<Application | undefined> {
    return (await this.get<{ app: Application }>(`/apps/${id}`))?.app;
  }

  /**
   * The end of a log file of an application's master, which in cluster mode is the Spark driver. Its NodeManager has the log until it
   * is aggregated.
   * @param file the log file's name, such as `stderr`
   * @param bytes how much of its end is wanted
   * @returns undefined where the NodeManager does not answer, or has no such log
   */
  async liveLog(
    app: Application,
    file: string,
    bytes: number,
  ): Promise<string | undefined> {
    const container =
      /^(https?:\/\/[^/]+)\/node\/containerlogs\/(container_\w+)/.exec(
        app.amContainerLogs ?? "",
      );
    if (!container) return undefined;
    const [, nodeManager, id] = container;
    const response = await fetch(
      `${nodeManager}/ws/v1/node/containers/${id}/logs/${file}?size=-${bytes}`,
      { signal: AbortSignal.timeout(5000), redirect: "manual" },
    ).catch(() => undefined);
    return response?.ok ? response.text() : undefined;
  }

  /** Asks the ResourceManager to end an application; it may take a while. */
  async kill(id: string): Promise<void> {
    await calling("YARN ResourceManager", this.address, async () => {
      const response = await fetch(
        `${this.address}/ws/v1/cluster/apps/${id}/state?user.name=${this.user}`,
        {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ state: "KILLED" }),
          signal: AbortSignal.timeout(10_000),
        },
      );
      if (!response.ok && response.status !== 202)
        throw new Error(
          `killing ${id}: ${response.status} ${await response.text()}`,
        );
    });
  }

  /** The application's page, for people. */
  link(id: string): string {
    return `${this.address}/cluster/app/${id}`;
  }
}
