import { calling } from "../errors";

export type Application = {
  id: string;
  name: string;
  state: string;
  finalStatus: string;
  trackingUrl: string;
  startedTime: number;
  elapsedTime: number;
  applicationTags: string;
  logAggregationStatus: string;
  diagnostics: string;
  user: string;
  amContainerLogs?: string;
};

const ENDED = new Set(["FINISHED", "FAILED", "KILLED"]);
export const isRefine = (app: Application) => /refine/i.test(app.name);
export const hasEnded = (app: Application) => ENDED.has(app.state);

/** YARN's ResourceManager, by its REST API. */
export class Yarn {
  constructor(
    private readonly address: string,
    private readonly user: string,
  ) {}

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

  async application(id: string): Promise<Application | undefined> {
    return (await this.get<{ app: Application }>(`/apps/${id}`))?.app;
  }

  /**
   * The end of what an application's master writes, as long as its NodeManager has it (until it is aggregated and removed); undefined
   * where it has not. In cluster mode that is the Spark driver.
   */
  async liveLog(
    app: Application,
    file: string,
    bytes: number,
  ): Promise<string | undefined> {
    const m = /^(https?:\/\/[^/]+)\/node\/containerlogs\/(container_\w+)/.exec(
      app.amContainerLogs ?? "",
    );
    if (!m) return undefined;
    const response = await fetch(
      `${m[1]}/ws/v1/node/containers/${m[2]}/logs/${file}?size=-${bytes}`,
      { signal: AbortSignal.timeout(5000), redirect: "manual" },
    ).catch(() => undefined);
    return response?.ok ? response.text() : undefined;
  }

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

  link(id: string): string {
    return `${this.address}/cluster/app/${id}`;
  }
}
